/// A moment as in `Expires` (RFC 9110, section 5.6.7: IMF-fixdate). Times
/// before 1970 are told as 1970.
#[must_use]
pub fn http_date(seconds: i64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let seconds = u64::try_from(seconds).unwrap_or_default();
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = civil(days);
    let weekday = DAYS[usize::try_from(days % 7).unwrap_or_default()];
    let month = MONTHS[usize::try_from(month).unwrap_or_default() % 12];
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!("{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT")
}

/// A moment as Okta's management API writes it, in UTC (RFC 3339 with milliseconds).
/// Times before 1970 are told as 1970.
pub(crate) fn iso_date(seconds: i64) -> String {
    let seconds = u64::try_from(seconds).unwrap_or_default();
    let (year, month, day) = civil(seconds / 86_400);
    let rest = seconds % 86_400;
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.000Z", month + 1)
}

/// Year, month (from 0) and day (from 1) of a day since the epoch. Counts in
/// years that begin in March, so that a leap day is the last of its year.
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = (from_march + 2) % 12;
    let year = year_of_era + era * 400 + u64::from(month < 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(0, "1970-01-01T00:00:00.000Z")]
    #[case(951_782_399, "2000-02-28T23:59:59.000Z")]
    #[case(1_793_664_000, "2026-11-03T00:00:00.000Z")]
    fn a_moment_is_told_as_okta_writes_it(#[case] seconds: i64, #[case] expected: &str) {
        assert_eq!(iso_date(seconds), expected);
    }

    #[rstest]
    #[case(0, "Thu, 01 Jan 1970 00:00:00 GMT")]
    #[case(784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT")]
    #[case(951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT")]
    #[case(1_793_664_000, "Tue, 03 Nov 2026 00:00:00 GMT")]
    #[case(4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT")]
    fn a_moment_is_told_as_http_writes_it(#[case] seconds: i64, #[case] expected: &str) {
        assert_eq!(http_date(seconds), expected);
    }
}
