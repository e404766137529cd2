//! How long something lasts, by London's wall clock: it shows the same time of day in the end, though clocks may have
//! changed in between.

use jiff::{Span, Timestamp};

use super::Plannr;
use super::render::london;

/// London's wall clock, moved on.
pub(super) fn wall_clock(at: Timestamp, by: Span) -> Timestamp {
    at.to_zoned(london())
        .checked_add(by)
        .expect("the result is within jiff's range")
        .timestamp()
}

impl Plannr {
    /// When what began then and lasts so many months ends. Where the last month is too short for the day, a switch
    /// says whether the days too many are cut off or run over into the next one, as PHP has it.
    pub(super) fn months_after(&self, start: Timestamp, months: u8) -> Timestamp {
        let end = wall_clock(start, Span::new().months(months));
        if self.is("month_end", "clamped") {
            return end;
        }
        let day = |at: Timestamp| at.to_zoned(london()).day();
        wall_clock(end, Span::new().days(day(start) - day(end)))
    }

    /// Present time in seconds, as Plannr writes times.
    pub(super) fn now(&self) -> Timestamp {
        Timestamp::from_second(self.setup.clock.now().as_second())
            .expect("the seconds of a timestamp are within its range")
    }
}
