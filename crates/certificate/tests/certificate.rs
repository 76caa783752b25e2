//! Certificates from payload to QR text and back, at their maximum size, and with each byte altered.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use certificate::{
    Diagnoses, KeyId, KeySet, KeySetError, MAX_CODES, MAX_QR_CHARS, Payload, Period, PublicCode,
    SignedCertificate, Text, Unit, Validity, VerifyError, sign, verify, verify_bytes,
};
use coset::{CborSerializable, CoseSign1, CoseSign1Builder, HeaderBuilder, TaggedCborSerializable, iana};
use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use proptest::prelude::*;

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn keys() -> (KeySet, KeyId) {
    let mut keys = KeySet::default();
    let id = keys.add(key().verifying_key(), 0, None).unwrap();
    (keys, id)
}

fn payload() -> Payload {
    Payload {
        certificate_id: [1; 16],
        public_code: PublicCode::from_bytes([2; 16]),
        provider_id: [3; 16],
        provider_name: Text::new("Klinik am See").unwrap(),
        service_title: Text::new("Hüftgelenk: Untersuchung und Bildgebung").unwrap(),
        diagnoses: Diagnoses::new("2025-01".parse().unwrap(), vec!["FA00".parse().unwrap()]).unwrap(),
        unit: Unit::new(3, 10).unwrap(),
        issued_at: 1_764_000_000,
        period: Period::new(1_764_000_000, 1_795_536_000).unwrap(),
        issuer: Text::new("market.example").unwrap(),
    }
}

fn signed(payload: &Payload) -> SignedCertificate {
    sign(payload, &key(), keys().1).unwrap()
}

/// Signs any bytes as a payload.
fn sign_raw(cbor: Vec<u8>) -> Vec<u8> {
    let header = HeaderBuilder::new().algorithm(iana::Algorithm::EdDSA).key_id(keys().1.0.to_vec()).build();
    let cose = CoseSign1Builder::new()
        .protected(header)
        .payload(cbor)
        .create_signature(&[], |message| key().sign(message).to_bytes().to_vec());
    cose.build().to_tagged_vec().unwrap()
}

fn raw_payload() -> Vec<u8> {
    CoseSign1::from_tagged_slice(signed(&payload()).as_bytes()).unwrap().payload.unwrap()
}

#[test]
fn comes_back_from_its_text_and_its_bytes() {
    let (keys, id) = keys();
    let certificate = signed(&payload());
    let text = certificate.to_qr_text();
    assert!(text.starts_with("HCTS1:"));
    let verified = verify(&text, &keys).unwrap();
    assert_eq!((&verified.payload, verified.key_id), (&payload(), id));
    assert_eq!(verify(&format!("{text}\r\n"), &keys), Ok(verified.clone()));
    let stored = SignedCertificate::from_bytes(certificate.as_bytes().to_vec());
    assert_eq!(verify_bytes(stored.as_bytes(), &keys), Ok(verified));
    assert_eq!(signed(&payload()), certificate, "signing is deterministic");
}

#[test]
fn the_largest_fits_one_code() {
    for (letter, bytes) in [("x", 1), ("ä", 2), ("心", 3), ("🫀", 4)] {
        let fill = |max: usize| letter.repeat(max / bytes);
        let codes = vec!["BA00.ZZ".parse().unwrap(); MAX_CODES];
        let largest = Payload {
            certificate_id: [0xff; 16],
            public_code: PublicCode::from_bytes([0xff; 16]),
            provider_id: [0xff; 16],
            provider_name: Text::new(&fill(160)).unwrap(),
            service_title: Text::new(&fill(240)).unwrap(),
            diagnoses: Diagnoses::new("2999-12".parse().unwrap(), codes).unwrap(),
            unit: Unit::new(u32::MAX, u32::MAX).unwrap(),
            issued_at: i64::MAX - 2,
            period: Period::new(i64::MAX - 1, i64::MAX).unwrap(),
            issuer: Text::new(&fill(64)).unwrap(),
        };
        let text = signed(&largest).to_qr_text();
        assert!(text.len() <= MAX_QR_CHARS, "{} characters", text.len());
        let alphanumeric = |c: char| c.is_ascii_digit() || c.is_ascii_uppercase() || " $%*+-./:".contains(c);
        assert!(text.chars().all(alphanumeric));
        assert_eq!(verify(&text, &keys().0).unwrap().payload, largest);
    }
}

#[test]
fn every_spoilt_bit_is_refused() {
    let (keys, _) = keys();
    let certificate = signed(&payload());
    for bit in 0..certificate.as_bytes().len() * 8 {
        let mut spoilt = certificate.as_bytes().to_vec();
        spoilt[bit / 8] ^= 1 << (bit % 8);
        assert!(verify_bytes(&spoilt, &keys).is_err(), "bit {bit}");
    }
    let text = certificate.to_qr_text();
    for at in 0..text.len() {
        assert!(verify(&text[..at], &keys).is_err(), "cut to {at}");
        for other in ["0", "A", " ", ":", "a", "é"] {
            let changed = format!("{}{other}{}", &text[..at], &text[at + 1..]);
            assert!(changed == text || verify(&changed, &keys).is_err(), "{other} at {at}");
        }
    }
}

#[test]
fn each_fault_has_its_own_answer() {
    let (trusted, id) = keys();
    let text = signed(&payload()).to_qr_text();
    for other in ["", "https://example.org", "HC1:6BF", "hcts1:00", &text[6..]] {
        assert_eq!(verify(other, &trusted), Err(VerifyError::NotOurs), "{other}");
    }
    assert_eq!(verify("HCTS1:", &trusted), Err(VerifyError::Damaged("envelope")));
    assert_eq!(verify("HCTS1:a", &trusted), Err(VerifyError::Damaged("base45")));
    assert_eq!(verify(&format!("HCTS1:{}", "0".repeat(5000)), &trusted), Err(VerifyError::Damaged("length")));
    assert_eq!(verify(&text, &KeySet::default()), Err(VerifyError::UnknownKey));
    let forged = sign(&payload(), &SigningKey::from_bytes(&[8; 32]), id).unwrap();
    assert_eq!(verify(&forged.to_qr_text(), &trusted), Err(VerifyError::BadSignature));
}

#[test]
fn keys_are_replaced_by_time_of_issue() {
    let issued_at = payload().issued_at;
    let certificate = signed(&payload());
    for (from, until, holds) in [
        (0, None, true),
        (issued_at, Some(issued_at + 1), true),
        (issued_at + 1, None, false),
        (0, Some(issued_at), false),
    ] {
        let mut keys = KeySet::default();
        keys.add(SigningKey::from_bytes(&[9; 32]).verifying_key(), 0, None).unwrap();
        let id = keys.add(key().verifying_key(), from, until).unwrap();
        let verified = verify_bytes(certificate.as_bytes(), &keys);
        assert_eq!(verified.is_ok(), holds);
        assert!(holds || verified == Err(VerifyError::KeyOutOfTime(id)));
    }
    let (mut keys, id) = keys();
    assert_eq!(keys.add(key().verifying_key(), 5, None), Err(KeySetError::Repeated(id)));
    let mut neutral = [0; 32];
    neutral[0] = 1;
    assert_eq!(keys.add(VerifyingKey::from_bytes(&neutral).unwrap(), 0, None), Err(KeySetError::Weak));
}

#[test]
fn dates_are_judged_apart() {
    let payload = payload();
    let (from, until) = (payload.period.valid_from(), payload.period.expires_at());
    for (now, validity) in [
        (from - 1, Validity::NotYet),
        (from, Validity::Valid),
        (until - 1, Validity::Valid),
        (until, Validity::Expired),
    ] {
        assert_eq!(payload.validity_at(now), validity);
    }
    assert!(Period::new(5, 5).is_err() && Period::new(-1, 5).is_err());
    assert!(Unit::new(0, 1).is_err() && Unit::new(2, 1).is_err());
    let codes = vec!["BA00".parse().unwrap(); MAX_CODES + 1];
    assert!(Diagnoses::new("2025-01".parse().unwrap(), codes).is_err());
}

#[test]
fn refuses_other_contents_even_with_a_valid_signature() {
    let (keys, _) = keys();
    let good = raw_payload();
    assert!(verify_bytes(&sign_raw(good.clone()), &keys).is_ok());
    assert_eq!(good[..3], [0xae, 0, 1], "a map of 14 whose first entry is the version");

    let mut unknown = good.clone();
    unknown[0] = 0xaf;
    unknown.extend([14, 0]);
    assert_eq!(verify_bytes(&sign_raw(unknown), &keys), Err(VerifyError::Damaged("unknown")));
    let mut newer = good.clone();
    newer[2] = 2;
    assert_eq!(verify_bytes(&sign_raw(newer), &keys), Err(VerifyError::UnsupportedVersion(2)));
    let mut long_number = good.clone();
    long_number.splice(2..3, [0x18, 1]);
    assert_eq!(verify_bytes(&sign_raw(long_number), &keys), Err(VerifyError::Damaged("encoding")));
    let mut surplus = good.clone();
    surplus.push(0);
    assert_eq!(verify_bytes(&sign_raw(surplus), &keys), Err(VerifyError::Damaged("encoding")));
    assert!(verify_bytes(&sign_raw(good[..good.len() - 1].to_vec()), &keys).is_err());
    assert!(verify_bytes(&sign_raw(Vec::new()), &keys).is_err());
}

#[test]
fn refuses_other_envelopes() {
    let (keys, _) = keys();
    let cose = CoseSign1::from_tagged_slice(signed(&payload()).as_bytes()).unwrap();
    let damaged = Err(VerifyError::Damaged("envelope"));
    assert_eq!(verify_bytes(&cose.clone().to_vec().unwrap(), &keys), damaged, "without its tag");
    let mut with_header = cose;
    with_header.unprotected = HeaderBuilder::new().key_id(vec![1]).build();
    assert_eq!(
        verify_bytes(&with_header.to_tagged_vec().unwrap(), &keys),
        damaged,
        "with an unprotected header"
    );
}

#[test]
fn base45_follows_its_specification() {
    // RFC 9285 sections 4.3 and 4.4
    for (plain, encoded) in
        [("AB", "BB8"), ("Hello!!", "%69 VD92EX0"), ("base-45", "UJCLQE7W581"), ("ietf!", "QED8WEX0")]
    {
        assert_eq!(base45::encode(plain), encoded);
        assert_eq!(base45::decode(encoded).unwrap(), plain.as_bytes());
    }
    for bad in ["GGW", "A", ":::"] {
        assert!(base45::decode(bad).is_err(), "{bad}");
    }
}

/// Compares the signed bytes with RFC 9052's `Sig_structure`, which the test writes by hand.
#[test]
fn signs_the_structure_of_cose() {
    let certificate = signed(&payload());
    let cose = CoseSign1::from_tagged_slice(certificate.as_bytes()).unwrap();
    let body = cose.payload.clone().unwrap();
    // {1: -8, 4: h'key id'}
    let mut header = vec![0xa2, 0x01, 0x27, 0x04, 0x48];
    header.extend(keys().1.0);
    let mut message = vec![0x84, 0x6a];
    message.extend(b"Signature1");
    message.push(0x40 + u8::try_from(header.len()).unwrap());
    message.extend(&header);
    message.extend([0x40, 0x58, u8::try_from(body.len()).unwrap()]);
    message.extend(&body);
    let signature = cose.signature.as_slice().try_into().unwrap();
    assert!(key().verifying_key().verify_strict(&message, &signature).is_ok());
}

prop_compose! {
    fn any_payload()(
        ids in any::<[[u8; 16]; 3]>(),
        name in "[\\pL\\pN]{1,40}",
        title in "[\\pL\\pN]([\\pL\\pN ,:-]{0,50}[\\pL\\pN])?",
        codes in proptest::collection::vec("[0-9A-H][A-H][0-9]{2}(\\.[0-9])?", 0..=MAX_CODES),
        total in 1_u32..,
        unit in any::<u32>(),
        times in (0..i64::MAX, 0..i64::MAX - 1),
        length in 1_i64..1_000_000_000,
    ) -> Payload {
        let codes = codes.iter().map(|code| code.parse().unwrap()).collect();
        Payload {
            certificate_id: ids[0],
            public_code: PublicCode::from_bytes(ids[1]),
            provider_id: ids[2],
            provider_name: Text::fit(&name).unwrap(),
            service_title: Text::fit(&title).unwrap(),
            diagnoses: Diagnoses::new("2025-01".parse().unwrap(), codes).unwrap(),
            unit: Unit::new(unit % total + 1, total).unwrap(),
            issued_at: times.0,
            period: Period::new(times.1, times.1.saturating_add(length)).unwrap(),
            issuer: Text::new("market.example").unwrap(),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_payload_comes_back(payload in any_payload()) {
        let text = signed(&payload).to_qr_text();
        prop_assert!(text.len() <= MAX_QR_CHARS);
        prop_assert_eq!(verify(&text, &keys().0).unwrap().payload, payload);
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), text in "(HCTS1:)?[0-9A-Z $%*+./:-]{0,80}") {
        prop_assert!(verify_bytes(&bytes, &keys().0).is_err());
        prop_assert!(verify_bytes(&sign_raw(bytes), &keys().0).is_err());
        prop_assert!(verify(&text, &keys().0).is_err());
    }
}
