//! Hours on the clock, and the clock of the server.

use apigen_runtime::{ErrorKind, Hour, Timestamp, UtcOffset};
use apigen_testing::{Response, Server};
use serde_json::json;

use crate::builder;

#[tokio::test]
async fn an_hour_is_sent_by_the_clock_of_the_server() {
    let server = Server::answering(|_| Response::json(200, "{}")).await;
    let hour = Hour::utc(2026, 12, 31, 20).unwrap();
    let cases = [
        (None, "2027010104"),
        (Some(UtcOffset::hours(0)), "2026123120"),
        (Some(UtcOffset::hours(-5)), "2026123115"),
        // Where clocks are half an hour off, it is the hour in which it begins.
        (Some(UtcOffset::minutes(330)), "2027010101"),
        (Some(UtcOffset::minutes(-210)), "2026123116"),
    ];
    for (index, (offset, expected)) in cases.into_iter().enumerate() {
        let builder = builder(&server);
        let client = match offset {
            Some(offset) => builder.utc_offset(offset),
            None => builder,
        }
        .build()
        .unwrap();
        client.orders().report(hour).compared_with(hour.previous().next()).await.unwrap();
        let request = server.request(index).await;
        assert_eq!(request.target(), format!("/demo/orders/reports/{expected}?compare={expected}"), "{offset:?}");
        assert_eq!((request.header("x-compare"), request.json()), (Some(expected), json!({"compare": expected})));
    }
}

#[tokio::test]
async fn no_clock_is_farther_from_utc_than_14_hours() {
    let server = Server::replying([]).await;
    for offset in [UtcOffset::hours(14), UtcOffset::hours(-14)] {
        assert!(builder(&server).utc_offset(offset).build().is_ok());
    }
    for (offset, said) in [(UtcOffset::minutes(841), "+14:01"), (UtcOffset::hours(i8::MIN), "-128:00")] {
        let error = builder(&server).utc_offset(offset).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        let expected = format!("cannot build the client: `utc_offset` is {said}, and no clock is farther than 14:00");
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn hours_follow_the_calendar() {
    let cases = [
        ((1970, 1, 1, 0), Some(0)),
        ((1969, 12, 31, 23), Some(-1)),
        ((2024, 2, 29, 12), Some(474_780)),
        ((2026, 11, 21, 8), Some(498_680)),
        ((2023, 2, 29, 0), None),
        ((2026, 13, 1, 0), None),
        ((2026, 0, 1, 0), None),
        ((2026, 4, 31, 0), None),
        ((2026, 4, 0, 0), None),
        ((2026, 4, 200, 0), None),
        ((2026, 4, 1, 24), None),
        ((0, 1, 1, 0), None),
        ((9999, 1, 1, 0), None),
    ];
    for ((year, month, day, hour), expected) in cases {
        let found = Hour::utc(year, month, day, hour).map(|hour| hour.start().as_millis());
        assert_eq!(found, expected.map(|hours: i64| hours * 3_600_000), "{year}-{month}-{day} {hour}");
    }
}

#[test]
fn hours_have_an_order_and_ends() {
    let millis = |millis| Hour::containing(Timestamp::from_millis(millis));
    assert_eq!(millis(-1).to_string(), "1969-12-31T23:00:00Z");
    assert_eq!((millis(3_599_999), millis(3_600_000)), (millis(0), millis(0).next()));
    assert!(millis(0) > millis(-1) && millis(0).previous() == millis(-1));
    assert_eq!(millis(0).local(UtcOffset::minutes(-30)), "1969123123");
    for (end, text, local) in [
        (millis(i64::MIN), "0001-01-01T00:00:00Z", "0000123110"),
        (millis(i64::MAX), "9998-12-31T23:00:00Z", "9998123109"),
    ] {
        assert_eq!((end.to_string().as_str(), end.local(UtcOffset::hours(-14)).as_str()), (text, local));
        assert_eq!(Hour::containing(end.start()), end);
        assert!(end == end.next() || end == end.previous());
        // No offset, however wrong, makes it panic.
        assert!(end.local(UtcOffset::minutes(i16::MIN)) < end.local(UtcOffset::minutes(i16::MAX)));
    }
    assert_eq!(Hour::utc(1, 1, 1, 0), Some(millis(i64::MIN)));
    assert_eq!(Hour::utc(9998, 12, 31, 23), Some(millis(i64::MAX)));
}
