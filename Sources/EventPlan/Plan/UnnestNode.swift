import EventBase
import EventColumns

/// A row for each element of the lists of a row, the lists side by side: the input's columns, the elements, their number.
package struct UnnestNode: Sendable {
    package var input: LogicalPlan
    /// JSON arrays over the input.
    package var lists: [BoundExpression]
    /// What each list's elements are.
    package var elements: [OutputColumn]
    /// A last column numbers the elements of each row from 1.
    package var ordinality: String?
    /// A row without elements comes out once, with NULLs.
    package var keepsEmpty: Bool

    package init(
        input: LogicalPlan, lists: [BoundExpression], elements: [OutputColumn], ordinality: String? = nil,
        keepsEmpty: Bool = false
    ) {
        self.input = input
        self.lists = lists
        self.elements = elements
        self.ordinality = ordinality
        self.keepsEmpty = keepsEmpty
    }

    package var columns: [OutputColumn] {
        input.columns + elements + (ordinality.map { [OutputColumn($0, .int64)] } ?? [])
    }
}
