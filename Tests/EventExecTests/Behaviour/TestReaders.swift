import EventBase
import EventColumns
import EventExec

/// A property as a value of each row, read straight from the row group.
struct PropertyValues: RowValues {
    var path: String
    var type: ScalarType

    func values(_ rows: [UInt16], granule: Int, of group: any RowGroup) throws(EventSQLError) -> Vector {
        try group.read(path, as: type, granule: granule, rows: .rows(rows))
    }
}

/// `path <> value` over integers.
struct PropertyDiffers: RowPredicate {
    var path: String
    var value: Int64

    func matching(_ rows: [UInt16], granule: Int, of group: any RowGroup) throws(EventSQLError) -> [UInt16] {
        let vector = try group.read(path, as: .int64, granule: granule, rows: .rows(rows))
        return rows.indices.filter { vector.value(at: $0) != .int64(value) && !vector.isNull(at: $0) }.map { rows[$0] }
    }
}
