use std::fmt;
use std::str::FromStr;

use mock_idp::clock::Clock;
use serde::Serialize;

/// A day of the calendar (UTC), written `YYYY-MM-DD` (RFC 3339, `full-date`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

/// The text is no day: of another form, or not in the calendar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{text}\" is no day: write one such as 2027-01-31")]
pub struct DateError {
    /// What was written.
    pub text: String,
}

const SECONDS_OF_A_DAY: i64 = 86_400;

impl Date {
    /// The day that a clock shows.
    #[must_use]
    pub fn today(clock: &Clock) -> Self {
        Self::of_day(clock.now().div_euclid(SECONDS_OF_A_DAY))
    }

    /// The day so many days behind 1970-01-01. Counts in eras of 400 years that
    /// begin in March, so that a leap day is the last of its year.
    fn of_day(days: i64) -> Self {
        let since_march = days + 719_468;
        let (era, of_era) = (since_march.div_euclid(146_097), since_march.rem_euclid(146_097));
        let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = year + era * 400 + i64::from(month <= 2);
        Self {
            year: u16::try_from(year).unwrap_or_default(),
            month: u8::try_from(month).unwrap_or_default(),
            day: u8::try_from(day).unwrap_or_default(),
        }
    }

    fn days_of_month(year: u16, month: u8) -> u8 {
        let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        match month {
            2 if is_leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        }
    }
}

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let wrong = || DateError { text: text.to_owned() };
        let part = |digits: usize, part: Option<&str>| {
            part.filter(|part| part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit()))
                .and_then(|part| part.parse::<u16>().ok())
                .ok_or_else(wrong)
        };
        let mut parts = text.trim().splitn(3, '-');
        let year = part(4, parts.next())?;
        let month = u8::try_from(part(2, parts.next())?).map_err(|_| wrong())?;
        let day = u8::try_from(part(2, parts.next())?).map_err(|_| wrong())?;
        let is_one = (1..=12).contains(&month) && (1..=Self::days_of_month(year, month)).contains(&day);
        is_one.then_some(Self { year, month, day }).ok_or_else(wrong)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl Serialize for Date {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(0, "1970-01-01")]
    #[case(86_399, "1970-01-01")]
    #[case(-1, "1969-12-31")]
    #[case(951_782_400, "2000-02-29")]
    #[case(1_800_003_600, "2027-01-15")]
    #[case(4_102_444_799, "2099-12-31")]
    #[case(4_107_542_400, "2100-03-01")]
    fn a_day_is_told_from_a_clock(#[case] seconds: i64, #[case] day: &str) {
        assert_eq!(Date::today(&Clock::fixed(seconds)).to_string(), day);
        assert_eq!(day.parse(), Ok(Date::today(&Clock::fixed(seconds))));
    }

    #[rstest]
    #[case("2027-1-31")]
    #[case("2027-02-29")]
    #[case("2027-13-01")]
    #[case("2027-00-10")]
    #[case("31.01.2027")]
    #[case("2027-01-31T00:00:00Z")]
    #[case("soon")]
    #[case("")]
    fn what_is_no_day_is_told_how_one_is_written(#[case] text: &str) {
        let error = text.parse::<Date>().unwrap_err().to_string();
        assert_eq!(error, format!("\"{text}\" is no day: write one such as 2027-01-31"));
    }

    #[test]
    fn days_stand_in_their_order() {
        let date = |text: &str| text.parse::<Date>().unwrap();
        assert!(date("2026-12-31") < date("2027-01-01") && date("2027-01-31") < date("2027-02-01"));
    }
}
