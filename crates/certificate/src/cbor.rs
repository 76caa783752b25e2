//! The payload as deterministic CBOR (RFC 8949 section 4.2): a map with the integer keys 0 to 13 in order.
//!
//! The reader accepts only what the writer produces: no unknown, missing or repeated key, no other encoding of a number.

use crate::payload::{Diagnoses, Payload, Period, Unit};
use crate::public_code::PublicCode;
use crate::text::Text;
use ciborium::Value;

/// Version of this layout.
const VERSION: u64 = 1;

/// Reason why bytes are no payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PayloadError {
    /// The payload has a later version of the layout.
    Version(u64),
    /// The named field is invalid.
    Field(&'static str),
}

impl Payload {
    /// Returns the fields in the order of their keys.
    fn to_fields(&self) -> [Value; 14] {
        let codes = self.diagnoses.codes().iter().map(|code| Value::from(code.as_str())).collect();
        [
            VERSION.into(),
            Value::Bytes(self.certificate_id.to_vec()),
            Value::Bytes(self.public_code.as_bytes().to_vec()),
            Value::Bytes(self.provider_id.to_vec()),
            self.provider_name.as_str().into(),
            self.service_title.as_str().into(),
            self.diagnoses.release().to_string().into(),
            Value::Array(codes),
            self.unit.number().into(),
            self.unit.total().into(),
            self.issued_at.into(),
            self.period.valid_from().into(),
            self.period.expires_at().into(),
            self.issuer.as_str().into(),
        ]
    }

    pub(crate) fn to_cbor(&self) -> Result<Vec<u8>, PayloadError> {
        let entries = (0_u64..).zip(self.to_fields()).map(|(key, value)| (key.into(), value)).collect();
        let mut bytes = Vec::new();
        ciborium::into_writer(&Value::Map(entries), &mut bytes).map_err(|_| PayloadError::Field("map"))?;
        Ok(bytes)
    }

    pub(crate) fn from_cbor(bytes: &[u8]) -> Result<Self, PayloadError> {
        let value: Value = ciborium::from_reader(bytes).map_err(|_| PayloadError::Field("map"))?;
        let entries = value.into_map().map_err(|_| PayloadError::Field("map"))?;
        let mut fields = Fields { entries: entries.into_iter(), next: 0 };
        let version = fields.integer("version")?;
        if version != VERSION {
            return Err(PayloadError::Version(version));
        }
        let payload = Self {
            certificate_id: fields.bytes("certificate id")?,
            public_code: PublicCode::from_bytes(fields.bytes("public code")?),
            provider_id: fields.bytes("provider id")?,
            provider_name: fields.text("provider name")?,
            service_title: fields.text("service title")?,
            diagnoses: fields.diagnoses()?,
            unit: Unit::new(fields.integer("unit")?, fields.integer("units")?)
                .map_err(|_| PayloadError::Field("unit"))?,
            issued_at: fields.integer("issued at")?,
            period: Period::new(fields.integer("valid from")?, fields.integer("expires at")?)
                .map_err(|_| PayloadError::Field("period"))?,
            issuer: fields.text("issuer")?,
        };
        if fields.entries.next().is_some() {
            return Err(PayloadError::Field("unknown"));
        }
        // one encoding per payload: otherwise two texts could stand for one certificate
        if payload.to_cbor()? == bytes { Ok(payload) } else { Err(PayloadError::Field("encoding")) }
    }
}

/// Iterator over the decoded fields that checks the order of their keys.
struct Fields {
    entries: std::vec::IntoIter<(Value, Value)>,
    next: u64,
}

impl Fields {
    fn take(&mut self, name: &'static str) -> Result<Value, PayloadError> {
        let (key, value) = self.entries.next().ok_or(PayloadError::Field(name))?;
        if key != Value::from(self.next) {
            return Err(PayloadError::Field(name));
        }
        self.next += 1;
        Ok(value)
    }

    fn integer<T: TryFrom<i128>>(&mut self, name: &'static str) -> Result<T, PayloadError> {
        let number = self.take(name)?.into_integer().map_err(|_| PayloadError::Field(name))?;
        T::try_from(number.into()).map_err(|_| PayloadError::Field(name))
    }

    fn bytes(&mut self, name: &'static str) -> Result<[u8; 16], PayloadError> {
        let bytes = self.take(name)?.into_bytes().map_err(|_| PayloadError::Field(name))?;
        bytes.try_into().map_err(|_| PayloadError::Field(name))
    }

    fn string(&mut self, name: &'static str) -> Result<String, PayloadError> {
        self.take(name)?.into_text().map_err(|_| PayloadError::Field(name))
    }

    fn text<const MAX: usize>(&mut self, name: &'static str) -> Result<Text<MAX>, PayloadError> {
        Text::new(&self.string(name)?).map_err(|_| PayloadError::Field(name))
    }

    fn diagnoses(&mut self) -> Result<Diagnoses, PayloadError> {
        let wrong = || PayloadError::Field("codes");
        let release = self.string("release")?.parse().map_err(|_| PayloadError::Field("release"))?;
        let codes = self.take("codes")?.into_array().map_err(|_| wrong())?;
        let mut parsed = Vec::with_capacity(codes.len());
        for code in codes {
            let code = code.into_text().map_err(|_| wrong())?;
            parsed.push(code.parse().map_err(|_| wrong())?);
        }
        Diagnoses::new(release, parsed).map_err(|_| wrong())
    }
}
