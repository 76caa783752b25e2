//! Signed notes, checkpoints and proof bundles: published vectors, refusals, every flipped bit.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use ed25519_dalek::SigningKey;
use proptest::prelude::*;
use tlog::{
    Checkpoint, CheckpointError, Hash, KeyError, KeyName, Nodes, NoteError, NoteSigner, NoteVerifier,
    ProofTextError, SignatureKind, SignedNote, TlogProof, append, inclusion_proof, leaf_hash, root,
};

/// Example of Go's sumdb/note package, where the format comes from.
const NEUMANN_KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const NEUMANN_NOTE: &str = "If you think cryptography is the answer to your problem,\n\
    then you don't know what your problem is.\n\n\
    — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
/// Example of C2SP signed-note; its text contains a blank line.
const SPECIFIED_NOTE: &str = "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n\
    — quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n";
/// Example of C2SP tlog-checkpoint.
const SPECIFIED_CHECKPOINT: &str = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
    — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";

fn name(text: &str) -> KeyName {
    text.parse().unwrap()
}

fn signer(text: &str, seed: u8) -> NoteSigner {
    NoteSigner::new(name(text), SigningKey::from_bytes(&[seed; 32]))
}

fn log() -> NoteSigner {
    signer("log.example/2026", 1)
}

fn plain(signer: &NoteSigner) -> NoteVerifier {
    signer.verifier(SignatureKind::Ed25519).unwrap()
}

#[test]
fn verifies_the_example_of_the_first_implementation() {
    let key: NoteVerifier = NEUMANN_KEY.parse().unwrap();
    assert_eq!(key.id(), 0xc74f_20a3);
    assert_eq!(key.to_string(), NEUMANN_KEY);
    let note: SignedNote = NEUMANN_NOTE.parse().unwrap();
    assert_eq!(note.to_string(), NEUMANN_NOTE);
    assert_eq!(note.verify(std::slice::from_ref(&key)).unwrap()[0].name, name("PeterNeumann"));
    assert_eq!(note.verify(&[plain(&log())]), Err(NoteError::Unsigned));
    let altered: SignedNote = NEUMANN_NOTE.replace("the answer", "an answer").parse().unwrap();
    assert_eq!(altered.verify(&[key]), Err(NoteError::BadSignature(name("PeterNeumann"))));
}

#[test]
fn reads_the_examples_of_the_specification() {
    let note: SignedNote = SPECIFIED_NOTE.parse().unwrap();
    assert!(note.text().ends_with(":\n\ned è subito sera.\n"));
    assert_eq!(note.to_string(), SPECIFIED_NOTE);
    let note: SignedNote = SPECIFIED_CHECKPOINT.parse().unwrap();
    let checkpoint: Checkpoint = note.text().parse().unwrap();
    assert_eq!((checkpoint.origin.as_str(), checkpoint.size), ("example.com/behind-the-sofa", 20_852_163));
    assert_eq!(checkpoint.to_string(), note.text());
}

#[test]
fn refuses_malformed_keys() {
    let told = [
        ("", KeyError::Format),
        ("PeterNeumann", KeyError::Format),
        ("PeterNeumann+c74f20a3", KeyError::Format),
        ("PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", KeyError::Format),
        ("PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", KeyError::Id),
        ("PeterNeuman+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", KeyError::Id),
        ("PeterNeumann+c74f20a3+Ahpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", KeyError::Kind(2)),
        ("Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", KeyError::Name),
        // a weak key: every signature would verify with it
        ("weak+00000000+AQEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", KeyError::Key),
    ];
    for (text, expected) in told {
        assert_eq!(text.parse::<NoteVerifier>(), Err(expected), "{text}");
    }
    for bad in ["", "a b", "a+b", "a\u{a0}b", "a\nb"] {
        assert_eq!(bad.parse::<KeyName>(), Err(KeyError::Name));
    }
}

#[test]
fn refuses_malformed_notes() {
    let good = NEUMANN_NOTE;
    let cases = [
        String::new(),
        "text\n".into(),
        "text\n\n".into(),
        good.trim_end().to_owned(),
        good.replace("\n\n", "\n"),
        good.replace("— Peter", "- Peter"),
        good.replace("PeterNeumann x08", "PeterNeumann  x08"),
        good.replace("JnAM=", "JnAM"),
        good.replace("you think", "you\tthink"),
        good.replace('\n', "\r\n"),
        format!("text\n\n{}", "— a AAAAAAA=\n".repeat(65)),
        "text\n\n— a AAAAAA==\n".into(),
    ];
    for note in cases {
        assert!(matches!(note.parse::<SignedNote>(), Err(NoteError::Malformed(_))), "{note}");
    }
    assert!(format!("text\n\n{}", "— a AAAAAAA=\n".repeat(64)).parse::<SignedNote>().is_ok());
}

fn checkpoint() -> (Checkpoint, Nodes) {
    let leaves: Vec<Hash> = (0..11_u8).map(|n| leaf_hash(&[n])).collect();
    let nodes: Nodes = append(0, &leaves, &Nodes::default()).unwrap().into_iter().collect();
    (Checkpoint { origin: name("log.example/2026"), size: 11, root: root(11, &nodes).unwrap() }, nodes)
}

#[test]
fn a_log_signs_and_witnesses_cosign() {
    let (head, _) = checkpoint();
    let witness = signer("witness.example", 2);
    let known = [plain(&log()), witness.verifier(SignatureKind::Cosignature).unwrap()];
    let mut note = head.sign(&log()).unwrap();
    note.cosign(&witness, 1_700_000_000);
    note.cosign(&witness, 1_700_000_001);
    note.sign(&signer("stranger.example", 3));
    let note: SignedNote = note.to_string().parse().unwrap();
    let (opened, signatures) = Checkpoint::open(&note, &head.origin, &known).unwrap();
    assert_eq!(opened, head);
    let told: Vec<_> = signatures.iter().map(|by| (by.name.as_str(), by.time)).collect();
    assert_eq!(told, [("log.example/2026", None), ("witness.example", Some(1_700_000_000))]);

    assert_eq!(Checkpoint::open(&note, &head.origin, &known[1..]), Err(CheckpointError::NotByLog));
    let other = name("log.example/2027");
    assert!(matches!(Checkpoint::open(&note, &other, &known), Err(CheckpointError::OtherLog(_))));
    assert!(matches!(head.sign(&witness), Err(CheckpointError::OtherLog(_))));
}

#[test]
fn the_same_key_and_name_sign_differently_by_kind() {
    let both = log();
    let kinds = [SignatureKind::Ed25519, SignatureKind::Cosignature].map(|kind| both.verifier(kind).unwrap());
    assert_ne!(kinds[0].id(), kinds[1].id());
    assert_eq!(kinds[1].to_string().parse::<NoteVerifier>().unwrap(), kinds[1]);
    // a cosignature alone does not make a checkpoint the log's own
    let (head, _) = checkpoint();
    let mut note = SignedNote::new(head.to_string()).unwrap();
    note.cosign(&both, 5);
    assert_eq!(Checkpoint::open(&note, &head.origin, &kinds), Err(CheckpointError::NotByLog));
}

#[test]
fn refuses_malformed_checkpoints() {
    let (head, _) = checkpoint();
    let good = head.to_string();
    assert_eq!(good.parse::<Checkpoint>(), Ok(head));
    for bad in [
        String::new(),
        good.trim_end().to_owned(),
        good.replace("\n11\n", "\n011\n"),
        good.replace("\n11\n", "\n+11\n"),
        good.replace("\n11\n", "\n\n"),
        good.replace("\n11\n", "\n18446744073709551616\n"),
        good.replace("=\n", "\n"),
        format!("{good}extension\n"),
        format!("\n{good}"),
    ] {
        assert!(matches!(bad.parse::<Checkpoint>(), Err(CheckpointError::Malformed(_))), "{bad}");
    }
}

fn bundle(index: u64) -> TlogProof {
    let (head, nodes) = checkpoint();
    TlogProof {
        extra: Some(b"a hint".to_vec()),
        index,
        hashes: inclusion_proof(11, index, &nodes).unwrap(),
        checkpoint: head.sign(&log()).unwrap(),
    }
}

#[test]
fn a_bundle_proves_its_entry_and_no_other() {
    let known = [plain(&log())];
    let origin = name("log.example/2026");
    for index in 0..11_u8 {
        let text = bundle(index.into()).to_string();
        assert!(text.starts_with(&format!("c2sp.org/tlog-proof@v1\nextra YSBoaW50\nindex {index}\n")));
        let read: TlogProof = text.parse().unwrap();
        assert_eq!(read.to_string(), text);
        let (head, _) = read.verify(&leaf_hash(&[index]), &origin, &known).unwrap();
        assert_eq!(head.size, 11);
        assert!(matches!(read.verify(&leaf_hash(&[99]), &origin, &known), Err(ProofTextError::Proof(_))));
        assert!(matches!(
            read.verify(&leaf_hash(&[index]), &origin, &[]),
            Err(ProofTextError::Checkpoint(_))
        ));
    }
    let bare = TlogProof { extra: None, ..bundle(4) };
    assert_eq!(bare.to_string().parse::<TlogProof>().unwrap(), bare);
}

#[test]
fn refuses_malformed_bundles() {
    let good = bundle(3).to_string();
    for bad in [
        String::new(),
        good.replace("@v1", "@v2"),
        good.replace("index 3", "index 03"),
        good.replace("index 3", "index -3"),
        good.replace("index 3\n", ""),
        good.replace("extra YSBoaW50", "extra YSBoaW5"),
        good.replacen("=\n", "\n", 1),
        good.replacen("\n\n", "\n", 1),
        good.replacen('\n', "\r\n", 1),
        good[..good.len() / 2].to_owned(),
    ] {
        assert!(bad.parse::<TlogProof>().is_err(), "{bad}");
    }
}

#[test]
fn every_flipped_bit_of_a_bundle_is_refused_save_in_the_hint() {
    let known = [plain(&log())];
    let origin = name("log.example/2026");
    let good = TlogProof { extra: None, ..bundle(7) }.to_string().into_bytes();
    for bit in 0..good.len() * 8 {
        let mut spoilt = good.clone();
        spoilt[bit / 8] ^= 1 << (bit % 8);
        let holds = String::from_utf8(spoilt).is_ok_and(|text| {
            let read = text.parse::<TlogProof>();
            read.is_ok_and(|proof| proof.verify(&leaf_hash(&[7]), &origin, &known).is_ok())
        });
        assert!(!holds, "bit {bit}");
    }
}

proptest! {
    #[test]
    fn no_text_panics(text in "\\PC{0,60}\n{0,2}[— a-zA-Z+/=\n]{0,60}") {
        if let Ok(note) = text.parse::<SignedNote>() {
            prop_assert_eq!(note.to_string(), text);
        }
    }

    #[test]
    fn notes_come_back(lines in proptest::collection::vec("\\PC{0,20}", 1..6), seed in any::<[u8; 32]>()) {
        let mut note = SignedNote::new(format!("{}\n", lines.join("\n"))).unwrap();
        let by = NoteSigner::new(name("someone"), SigningKey::from_bytes(&seed));
        note.sign(&by);
        let read: SignedNote = note.to_string().parse().unwrap();
        prop_assert_eq!(&read, &note);
        prop_assert!(read.verify(&[plain(&by)]).is_ok());
    }
}
