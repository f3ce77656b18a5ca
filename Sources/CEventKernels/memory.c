#include "event_kernels.h"

#ifdef __linux__
#include <malloc.h>
#endif

void ek_return_free_memory(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}
