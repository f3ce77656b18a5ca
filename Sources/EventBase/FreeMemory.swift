internal import CEventKernels

/// Memory that was freed and that the allocator keeps for later.
package enum FreeMemory {
    /// Gives it back to the system. Flushes and merges fill and free buffers of hundreds of megabytes on several threads;
    /// kept, their holes add up: 20 million rows took 668 MB so. No setting of the host's allocator is changed.
    ///
    /// - Complexity: a walk over the free blocks; some milliseconds, and a fault for each page that is used again.
    package static func giveBack() { ek_return_free_memory() }

    /// Lets the allocator keep what statements free for the next ones, as it does by itself once a program has freed a large
    /// block: glibc gives free memory back beyond twice the largest block that it took from the system alone, 128 KiB at first. A
    /// statement's arrays come and go with every batch, on several threads, and each page that was given back is a fault and
    /// is cleared anew: a fifth to a third of the time of windows, cohorts and paths. Once per process; later calls do nothing.
    ///
    /// - Complexity: two system calls; nothing stays taken.
    package static func keepForReuse() { _ = hasLearnt }

    private static let hasLearnt: Bool = {
        ek_take_and_free(largestLearntSizeBytes)
        return true
    }()

    /// glibc learns from blocks of up to 32 MiB, what it puts in front of them included.
    private static let largestLearntSizeBytes = 31 << 20
}
