internal import EventBase

/// Which values of a chunk to decode.
enum DenseSelection {
    case range(Range<Int>)
    /// Ascending.
    case list([Int])

    var count: Int {
        switch self {
        case .range(let range): range.count
        case .list(let list): list.count
        }
    }

    var indexes: [Int] {
        switch self {
        case .range(let range): Array(range)
        case .list(let list): list
        }
    }

    /// Throws `.corruption` when the chunk has fewer values than its directory promised.
    func check(count: Int) throws(EventSQLError) {
        let end =
            switch self {
            case .range(let range): range.upperBound
            case .list(let list): (list.last ?? -1) + 1
            }
        guard end <= count else { throw EventSQLError(.corruption, "a chunk holds \(count) values where \(end) are promised") }
    }

    /// Where the value at `index` lands in the output, if it is selected.
    func slot(of index: Int) -> Int? {
        switch self {
        case .range(let range): return range.contains(index) ? index - range.lowerBound : nil
        case .list(let list):
            var low = 0
            var high = list.count
            while low < high {
                let middle = (low + high) / 2
                if list[middle] < index { low = middle + 1 } else { high = middle }
            }
            return low < list.count && list[low] == index ? low : nil
        }
    }

    func decode(_ reader: borrowing PackedIntegers.Reader, into output: inout [Int64]) {
        switch self {
        case .range(let range): reader.decode(range, into: &output)
        case .list(let list): reader.decode(list, into: &output)
        }
    }
}
