//! What subjects used: devices, what is plugged in, what is installed.

use crate::table::tables;

tables! { "What they used", Input;
    devices Device "machines issued or seen" {
        device_id: Text true = "the user's own key",
        subject_id: Text = "who it was issued to or seen with",
        issued_at: Time = "when it was issued",
        first_seen: Time = "when it first reported",
        serial: Text = "serial number",
        hostname: Text = "machine name",
        timezone: Zone = "zone the machine is set to",
        managed: Boolean = "whether the organisation manages it",
    }
    peripherals Peripheral "things plugged into or seen beside a device" {
        device_id: Text true = "the device",
        at: Time = "when",
        bus: Text = "usb, display or network",
        vendor_id: Text = "USB vendor id, four hex digits",
        product_id: Text = "USB product id, four hex digits",
        serial: Text = "serial number string",
        manufacturer: Text = "manufacturer string",
        product: Text = "product string or display name",
        mac: Text = "hardware address",
        mdns_name: Text = "name announced by mDNS",
        tls_name: Text = "name in the TLS certificate",
        favicon_md5: Text = "MD5 of the web page's icon",
    }
    software Software "programs found on a device" {
        device_id: Text true = "the device",
        name: Text = "program name",
        publisher: Text = "publisher",
        path: Text = "where it lies",
        installed_at: Time = "when it was installed",
        seen_at: Time = "when it was seen",
    }
}
