//! What a window step keeps for all keys of a worker, as bytes for the snapshot: none where there is nothing to say.

use crate::base::error::Fault;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub(crate) fn encode<T: Serialize + Default + PartialEq>(saved: &T) -> Vec<u8> {
    if *saved == T::default() { Vec::new() } else { rmp_serde::to_vec(saved).unwrap_or_default() }
}

pub(crate) fn decode<T: DeserializeOwned + Default>(bytes: &[u8]) -> Result<T, Fault> {
    if bytes.is_empty() {
        return Ok(T::default());
    }
    rmp_serde::from_slice(bytes)
        .map_err(|error| Fault::new("a window step's state shared by all keys cannot be read").cause(error))
}
