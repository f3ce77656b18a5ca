import CEdit

/// The memory of this process.
enum Heap {
    /// Gives memory of 64 KiB and more back to the system as soon as it is freed. Ingestion and compaction fill and free large
    /// buffers of many sizes; kept for later, they leave holes. The library gives free pages back after each flush, so an
    /// application ingests 20 million JSON lines with event ids in 581 MB; the program does in 463 MB like this.
    ///
    /// Queries do better without, since fresh memory costs a fault for each page; and a library leaves its host's heap alone.
    static func returnLargeBlocks() { _ = mallopt(M_MMAP_THRESHOLD, 64 << 10) }
}
