// SPDX-License-Identifier: Apache-2.0
/* The machine's SQLite, as it is. */
#include <sqlite3.h>
