internal import EventBase
internal import EventSQL

/// Rows of a table with declared columns: every value is kept as text, once it is known that its column can hold it.
extension RowAssembler {
    /// A declared column that must have a value and that the open row has none for.
    var missingColumn: String? {
        guard let target, !target.notNullColumns.isEmpty else { return nil }
        let filled = Set(filledColumns)
        return target.notNullColumns.first { !filled.contains($0) }.map { target.name(of: $0) }
    }

    /// Keeps a text of the row's scratch as the value of a declared column.
    mutating func setDeclared(_ slot: Int, _ text: Text) -> RejectReason? {
        guard let target, let column = declaredColumn(ofSlot: slot) else { return .unknownColumn }
        if text.count > Limits.stringSizeBytesMax { return .stringTooLong }
        let bytes = Array(scratch[text.start..<text.start + text.count])
        guard target.accepts(bytes, in: column) else { return .badValue }
        keep(slot, text)
        return nil
    }

    /// Whether an object is the value of one column, or of none, and not a bundle of columns.
    func keepsObject(_ slot: Int) -> Bool {
        guard let target else { return false }
        return declaredColumn(ofSlot: slot) != nil || !target.hasColumns(below: name(ofSlot: slot))
    }

    /// Whether a string stays JSON text, quotes and all.
    @inline(__always)
    func keepsQuotes(_ slot: Int) -> Bool {
        guard let target, let column = declaredColumn(ofSlot: slot) else { return false }
        return target.isJSON(column)
    }

    /// The type of the column that a slot stands for, for a reject's detail.
    func declaredType(ofSlot slot: Int) -> String {
        guard let target, let column = declaredColumn(ofSlot: slot) else { return "" }
        return " is no \(target.typeName(of: column))"
    }
}
