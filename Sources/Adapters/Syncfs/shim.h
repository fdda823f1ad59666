// SPDX-License-Identifier: Apache-2.0
/* syncfs(2), which Swift's Glibc does not offer: declared here, because the C library shows it only
   to those who define _GNU_SOURCE before its first header. */
#if defined(__linux__)
extern int syncfs(int descriptor);
#endif
