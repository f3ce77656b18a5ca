internal import EventSQL
internal import Synchronization

/// A decoder of either format, called once per block.
///
/// - Threads: the pipeline hands it from thread to thread, one at a time.
protocol BlockDecoder: AnyObject, Sendable {
    func decode(_ block: InputBlock) -> DecodedBlock
}

final class JSONLinesBlockDecoder: BlockDecoder {
    private let decoder: Mutex<JSONLinesDecoder>

    init(mapping: ColumnMapping, admission: ColumnAdmission, target: CopyTarget?) {
        decoder = Mutex(JSONLinesDecoder(mapping: mapping, admission: admission, target: target))
    }

    func decode(_ block: InputBlock) -> DecodedBlock { decoder.withLock { $0.decode(block) } }
}

final class CSVBlockDecoder: BlockDecoder {
    private let decoder: Mutex<CSVDecoder>

    init(layout: CSVLayout, mapping: ColumnMapping, admission: ColumnAdmission, target: CopyTarget?) {
        decoder = Mutex(CSVDecoder(layout: layout, mapping: mapping, admission: admission, target: target))
    }

    func decode(_ block: InputBlock) -> DecodedBlock { decoder.withLock { $0.decode(block) } }
}
