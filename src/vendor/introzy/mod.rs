//! placeholder
pub mod schema;
pub fn configure(_: &mut crate::config::reader::Section<'_>) -> Option<super::Connector> {
    None
}
pub mod sandbox {
    pub const SWITCHES: &[crate::sandbox::Switch] = &[];
    pub fn emulator(_: crate::sandbox::Setup) -> std::sync::Arc<dyn crate::sandbox::Emulator> {
        unreachable!()
    }
}
