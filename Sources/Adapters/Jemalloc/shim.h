// SPDX-License-Identifier: Apache-2.0
/* The memory allocator: linking it replaces malloc and free for the whole program. */
#include <jemalloc/jemalloc.h>
