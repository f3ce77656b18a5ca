package import EventBase

/// `TRENDS FROM table SERIES name: measure, ... EVERY unit`: numbers over time. SPEC 3.
package struct TrendsStatement: Sendable, Equatable {
    package enum Measure: Sendable, Equatable {
        /// Events.
        case count
        /// Different people or sessions.
        case users, sessions
        case sum(Expression), average(Expression), minimum(Expression), maximum(Expression)
        /// The value below which a share of all lie; a half is the median.
        case quantile(Expression, Double)
    }

    package struct Series: Sendable, Equatable {
        /// The label before the colon, or one made from the measure by the parser.
        package var name: String
        package var measure: Measure
        package var selector: EventSelector
        /// OVER d: a window that ends with each bucket, `USERS OF ANY EVENT OVER 30 DAYS` is MAU.
        package var over: Duration?

        package init(name: String, measure: Measure, selector: EventSelector) {
            self.name = name
            self.measure = measure
            self.selector = selector
        }
    }

    /// `name: expression` over the names of series.
    package struct Formula: Sendable, Equatable {
        package var name: String
        package var expression: Expression

        package init(name: String, expression: Expression) {
            self.name = name
            self.expression = expression
        }
    }

    package var table: String
    package var key: Expression?
    package var series: [Series] = []
    package var formulas: [Formula] = []
    package var every: CalendarUnit = .day
    package var calendar = CalendarOptions()
    package var breakdown: Breakdown?
    package var filter: Expression?
    package var position: SourcePosition

    package init(table: String, position: SourcePosition) {
        self.table = table
        self.position = position
    }
}
