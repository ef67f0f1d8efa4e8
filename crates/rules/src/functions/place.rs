//! Functions over places: distances, address ranges.
//!
//! Must not know what a kind of network means.

use super::Columns;
use crate::context;
use crate::ip::{self, Range};
use datafusion::arrow::array::{ArrayRef, Float64Array, Int64Array, StringViewBuilder};
use datafusion::error::Result;
use std::sync::Arc;

/// Mean Earth radius, km (IUGG).
const EARTH_KM: f64 = 6371.0088;

/// Great-circle kilometres between two points in degrees (haversine).
#[must_use]
pub fn kilometres(from: (f64, f64), to: (f64, f64)) -> f64 {
    let (lat1, lat2) = (from.0.to_radians(), to.0.to_radians());
    let half = |difference: f64| (difference / 2.0).sin().powi(2);
    let h = half(lat2 - lat1) + lat1.cos() * lat2.cos() * half((to.1 - from.1).to_radians());
    2.0 * EARTH_KM * h.clamp(0.0, 1.0).sqrt().asin()
}

pub fn km_between(columns: &Columns) -> Result<ArrayRef> {
    let from = columns.number(0)?.iter().zip(columns.number(1)?);
    let to = columns.number(2)?.iter().zip(columns.number(3)?);
    let answers: Float64Array = from.zip(to).map(|(from, to)| Some(kilometres((from.0?, from.1?), (to.0?, to.1?)))).collect();
    Ok(Arc::new(answers))
}

pub fn ip_net(columns: &Columns) -> Result<ArrayRef> {
    let mut out = StringViewBuilder::with_capacity(columns.rows);
    columns.text(0)?.iter().for_each(|address| out.append_option(address.and_then(ip::network)));
    Ok(Arc::new(out.finish()))
}

fn range_text(columns: &Columns, ask: fn(&Range) -> Option<&str>) -> Result<ArrayRef> {
    let run = context::current();
    let index = run.as_ref().map(|run| run.ips());
    let mut out = StringViewBuilder::with_capacity(columns.rows);
    for (row, address) in columns.text(0)?.iter().enumerate() {
        let found = index.zip(address).and_then(|(index, address)| index.find(address, columns.optional_instant(1, row), ask));
        out.append_option(found);
    }
    Ok(Arc::new(out.finish()))
}

pub fn ip_kind(columns: &Columns) -> Result<ArrayRef> {
    range_text(columns, |range| range.kind.as_deref())
}

pub fn ip_service(columns: &Columns) -> Result<ArrayRef> {
    range_text(columns, |range| range.service.as_deref())
}

pub fn ip_country(columns: &Columns) -> Result<ArrayRef> {
    range_text(columns, |range| range.country.as_deref())
}

pub fn ip_asn(columns: &Columns) -> Result<ArrayRef> {
    let run = context::current();
    let index = run.as_ref().map(|run| run.ips());
    let addresses = columns.text(0)?.iter().enumerate();
    let answers: Int64Array = addresses
        .map(|(row, address)| {
            index.zip(address).and_then(|(index, address)| index.find(address, columns.optional_instant(1, row), |range| range.asn))
        })
        .collect();
    Ok(Arc::new(answers))
}

#[cfg(test)]
mod tests {
    #[test]
    fn paris_to_new_york_is_known() {
        // 48.8566 N 2.3522 E to 40.7128 N 74.0060 W: 5837 km
        let km = super::kilometres((48.8566, 2.3522), (40.7128, -74.0060));
        assert!((km - 5837.0).abs() < 3.0, "{km}");
        assert!(super::kilometres((10.0, 20.0), (10.0, 20.0)).abs() < 1e-9);
    }
}
