#include "event_kernels.h"

#ifdef __linux__
#include <malloc.h>
#include <stdlib.h>
#endif

void ek_return_free_memory(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

void ek_take_and_free(size_t count) {
#ifdef __GLIBC__
    /* Written to, so that the pair is not optimised away. */
    volatile char *block = malloc(count);
    if (block) block[0] = 0;
    free((void *)block);
#else
    (void)count;
#endif
}
