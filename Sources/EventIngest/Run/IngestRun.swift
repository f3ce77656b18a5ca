internal import EventBase
internal import EventColumns
internal import EventIO
internal import EventSQL

/// One call of `ingest`: inputs in order, blocks through the decoders, rows to the sink, refused rows to their file.
struct IngestRun<Sink: EventSink> {
    /// Refused rows that a strict call's error tells of.
    private static var toldRejectCount: Int { 3 }

    private(set) var sink: Sink
    private let options: IngestOptions
    private let report: ((IngestProgress) -> Void)?
    private let blockSizeBytes: Int
    private var rejects: RejectsFile
    /// The table's columns so far, those of this call included.
    private var columns = StringInterner()
    private var knownCount = 0
    private var progress = IngestProgress()
    private var finishedSizeBytes = 0
    private(set) var summary = IngestSummary()

    init(
        sink: Sink, options: IngestOptions, rejectsFolder: String?, blockSizeBytes: Int = BlockReader.blockSizeBytes,
        report: ((IngestProgress) -> Void)? = nil
    ) {
        self.blockSizeBytes = blockSizeBytes
        self.sink = sink
        self.options = options
        self.report = report
        rejects = RejectsFile(path: options.rejectsPath, defaultFolder: rejectsFolder)
        for column in sink.knownColumns { _ = columns.intern(column) }
        knownCount = columns.count
    }

    /// Reads every input to its end.
    /// - Throws: what the files, the sink or a strict call object to; the sink is then to be given up.
    mutating func run(_ inputs: [IngestInput]) throws(EventSQLError) {
        let clock = ContinuousClock()
        let start = clock.now
        var readers: [SequentialReader] = []
        for input in inputs { readers.append(try Self.open(input)) }
        let sizes = readers.map(\.sizeBytes)
        progress.totalSizeBytes = sizes.contains(nil) ? nil : sizes.reduce(0) { $0 + ($1 ?? 0) }
        for (input, reader) in zip(inputs, readers) {
            progress.inputName = input.name
            try read(ByteSourceOpener.open(reader), input)
        }
        summary.inputSizeBytes = finishedSizeBytes
        summary.rejectsPath = rejects.writtenPath
        for code in knownCount..<columns.count { summary.newColumns.append(columns.makeString(at: UInt32(code))) }
        summary.seconds = (clock.now - start) / .seconds(1)
    }

    private static func open(_ input: IngestInput) throws(EventSQLError) -> SequentialReader {
        switch input {
        case .file(let path): try SequentialReader(path: path)
        case .standardInput: .standardInput()
        }
    }

    private mutating func read(_ source: any ByteSource, _ input: IngestInput) throws(EventSQLError) {
        var lines = BlockReader(source, blockSizeBytes: blockSizeBytes)
        var line = 1
        var pipeline: DecodePipeline
        var first: InputBlock?
        let threadCount = max(1, options.threadCount ?? Machine.coreCount)
        let mapping = options.mapping
        if try isCSV(&lines, input) {
            lines.delimiter = options.delimiter
            guard var block = try lines.next() else { return finish(lines) }
            var (layout, headerLineCount) = try CSVLayout.read(
                &block, delimiter: options.delimiter, mapping: mapping, path: input.name, copy: options.copy)
            if options.copy?.target == nil { layout.infer(from: block) }
            line += headerLineCount
            first = block
            let fixed = layout
            let target = options.copy?.target
            pipeline = DecodePipeline(threadCount: threadCount) { admission in
                CSVBlockDecoder(layout: fixed, mapping: mapping, admission: admission, target: target)
            }
        } else {
            let target = options.copy?.target
            pipeline = DecodePipeline(threadCount: threadCount) { admission in
                JSONLinesBlockDecoder(mapping: mapping, admission: admission, target: target)
            }
        }
        if let first { pipeline.submit(first) }
        while true {
            while pipeline.count < pipeline.depth, let block = try lines.next() { pipeline.submit(block) }
            guard let (block, decoded) = pipeline.next() else { break }
            line += try take(decoded, block, line, pipeline)
            lines.recycle(block)
            progress.inputSizeBytes = finishedSizeBytes + lines.consumedBytes
            report?(progress)
        }
        finish(lines)
    }

    private mutating func finish(_ lines: BlockReader) { finishedSizeBytes += lines.consumedBytes }

    /// Gives one block's rows to the sink.
    /// - Returns: its count of lines.
    private mutating func take(
        _ first: DecodedBlock, _ block: InputBlock, _ line: Int, _ pipeline: borrowing DecodePipeline
    ) throws(EventSQLError) -> Int {
        var decoded = first
        var fresh = newColumns(of: decoded.buffer)
        let quota = Limits.columnCountMax - columns.count
        if fresh.count > quota {
            decoded = pipeline.decodeAgain(block, ColumnAdmission(known: columns, quota: max(0, quota)))
            fresh = newColumns(of: decoded.buffer)
        }
        for path in fresh { _ = columns.intern(path) }
        for index in decoded.rejects.indices { decoded.rejects[index].line += line - 1 }
        if options.strict, !decoded.rejects.isEmpty { throw strictFailure(decoded.rejects) }
        try rejects.append(decoded.rejects, input: progress.inputName)
        for reject in decoded.rejects { summary.rejected[reject.reason, default: 0] += 1 }
        if decoded.buffer.rowCount > 0 { try sink.add(decoded.buffer) }
        summary.rowCount += decoded.buffer.rowCount
        summary.textSizeBytes += block.count
        progress.rowCount += decoded.buffer.rowCount
        progress.rejectedCount += decoded.rejects.count
        return decoded.lineCount
    }

    private func newColumns(of buffer: EventBuffer) -> [String] {
        buffer.columns.map(\.path).filter { path in
            let utf8 = Array(path.utf8)
            return columns.find(utf8.rawBytes) == nil
        }
    }

    private func strictFailure(_ rows: [RejectedRow]) -> EventSQLError {
        let told = rows.prefix(Self.toldRejectCount).map { "line \($0.line): \($0.reason.rawValue), \($0.detail)" }
        return EventSQLError(
            .invalidInput, "strict: nothing was stored; " + told.joined(separator: "; "),
            hint: "without strict such rows go to the rejects file and the others are stored", path: progress.inputName)
    }

    /// Decides by option, name or first byte.
    private func isCSV(_ lines: inout BlockReader, _ input: IngestInput) throws(EventSQLError) -> Bool {
        switch options.format {
        case .csv: return true
        case .jsonLines: return false
        case .automatic:
            var name = input.name.lowercased()
            for suffix in [".gz", ".zst"] where name.hasSuffix(suffix) { name.removeLast(suffix.count) }
            if name.hasSuffix(".csv") { return true }
            if [".jsonl", ".ndjson", ".json"].contains(where: { name.hasSuffix($0) }) { return false }
            guard let byte = try lines.firstVisibleByte() else { return false }
            return byte != UInt8(ascii: "{") && byte != UInt8(ascii: "[")
        }
    }
}
