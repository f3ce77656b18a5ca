internal import CEventKernels

/// Memory that was freed and that the allocator keeps for later.
package enum FreeMemory {
    /// Gives it back to the system. Flushes and merges fill and free buffers of hundreds of megabytes on several threads;
    /// kept, their holes add up: 20 million rows took 668 MB so. No setting of the host's allocator is changed.
    ///
    /// - Complexity: a walk over the free blocks; some milliseconds, and a fault for each page that is used again.
    package static func giveBack() { ek_return_free_memory() }
}
