//! A Merkle log (RFC 6962) in the formats of C2SP: tree, proofs, tiles, checkpoints, proof bundles. Begin with [`append`] and [`root`].
//!
//! Pure: nothing is read or written here. Where stored hashes are needed, a function `*_reads` names the nodes; the caller fetches
//! them and passes them in as a [`HashReader`] such as [`Nodes`].

mod checkpoint;
mod hash;
mod note;
mod note_key;
mod proof;
mod proof_text;
mod tile;
mod tree;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use hash::{EMPTY_ROOT, Hash, ParseHashError, leaf_hash, node_hash};
pub use note::{NoteError, NoteSignature, SignedNote, Verified};
pub use note_key::{KeyError, KeyName, NoteSigner, NoteVerifier, SignatureKind};
pub use proof::{
    ProofError, consistency_proof, consistency_reads, inclusion_proof, inclusion_reads, verify_consistency,
    verify_inclusion,
};
pub use proof_text::{ProofTextError, TlogProof};
pub use tile::{
    BundleError, ENTRY_MAX, TILE_WIDTH, Tile, TileKind, TilePathError, decode_bundle, encode_bundle,
    new_tiles,
};
pub use tree::{HashReader, NodeId, Nodes, TreeError, append, append_reads, root, root_reads};
