import EventColumns

/// The places of a window's rows at which a column is not NULL, for IGNORE NULLS.
struct PresentPlaces {
    private let places: [Int]
    /// How many of them come before each place, and before the end.
    private let counts: [Int32]

    /// - Parameter rows: by place.
    init(_ rows: [Int], _ column: Vector) {
        var places: [Int] = []
        var counts: [Int32] = [0]
        counts.reserveCapacity(rows.count + 1)
        for place in rows.indices {
            if !column.isNull(at: rows[place]) { places.append(place) }
            counts.append(Int32(places.count))
        }
        self.places = places
        self.counts = counts
    }

    /// Those inside a range of places.
    func within(_ range: Range<Int>) -> ArraySlice<Int> {
        places[Int(counts[range.lowerBound])..<Int(counts[range.upperBound])]
    }

    /// The one that lies so many behind a place, or before it where `distance` is negative; 0 is the place itself.
    func place(from place: Int, by distance: Int) -> Int? {
        if distance == 0 { return place }
        let index =
            distance < 0 ? Int(counts[place]) &+ distance : Int(counts[place + 1]) &+ distance &- 1
        return places.indices.contains(index) ? places[index] : nil
    }
}
