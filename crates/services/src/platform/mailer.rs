//! Letters, as the rules see them, and the two ways they leave the house: over SMTP, or into a folder of a developer's machine.

use std::path::PathBuf;

use futures::future::BoxFuture;
use lettre::{
    AsyncFileTransport, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, MultiPart},
    transport::smtp,
};

/// A letter on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The address.
    pub to: String,
    /// What it is about, in one line.
    pub subject: String,
    /// The words alone.
    pub text: String,
    /// The same, drawn.
    pub html: String,
}

/// Why a letter did not leave.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// Where letters go cannot be read.
    #[error("{0}")]
    Settings(String),
    /// The letter cannot be written.
    #[error("the e-mail could not be written: {0}")]
    Letter(String),
    /// Nobody took it.
    #[error("the e-mail was not accepted: {0}")]
    NotTaken(String),
}

/// Takes letters to where they are sent from.
pub trait Mailer: Send + Sync {
    /// Hands a letter over.
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), MailError>>;
}

/// Delivers letters.
pub struct PostOffice {
    from: Mailbox,
    way: Way,
}

enum Way {
    Folder(PathBuf),
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
}

impl PostOffice {
    /// `url` is `file:<folder>`, for letters that nobody sends on, or `smtps://user:password@host`; `from` is `HCTS <no-reply@hcts.example>`.
    ///
    /// # Errors
    /// What is wrong with either; a password is never part of it.
    pub fn new(url: &str, from: &str) -> Result<Self, MailError> {
        let from = from
            .parse()
            .map_err(|_| MailError::Settings("the sender is not a valid e-mail address".to_owned()))?;
        let way = match url.strip_prefix("file:") {
            Some(folder) => Way::Folder(folder.into()),
            None => {
                let unreadable = |_| {
                    MailError::Settings(
                        "the mail address must begin with file: or smtps: and name a folder or a host"
                            .to_owned(),
                    )
                };
                Way::Smtp(AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(unreadable)?.build())
            }
        };
        Ok(Self { from, way })
    }

    fn message(&self, mail: &Mail) -> Result<Message, MailError> {
        let unwritten = |cause: &dyn std::fmt::Display| MailError::Letter(cause.to_string());
        let to = mail.to.parse().map_err(|cause: lettre::address::AddressError| unwritten(&cause))?;
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(mail.subject.clone())
            .multipart(MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone()))
            .map_err(|cause| unwritten(&cause))
    }

    async fn hand_over(&self, mail: &Mail) -> Result<(), MailError> {
        let message = self.message(mail)?;
        let not_taken = |cause: &dyn std::fmt::Display| MailError::NotTaken(cause.to_string());
        match &self.way {
            Way::Folder(folder) => {
                tokio::fs::create_dir_all(folder).await.map_err(|cause| not_taken(&cause))?;
                let folder = AsyncFileTransport::<Tokio1Executor>::new(folder);
                folder.send(message).await.map(drop).map_err(|cause| not_taken(&cause))
            }
            Way::Smtp(smtp) => {
                smtp.send(message).await.map(drop).map_err(|cause| MailError::NotTaken(told(&cause)))
            }
        }
    }
}

/// Why a server took no letter, without its own words: they repeat the address, which is nobody's to read in a log.
fn told(cause: &smtp::Error) -> String {
    match cause.status() {
        Some(code) if cause.is_permanent() => format!("refused permanently ({code})"),
        Some(code) => format!("refused temporarily ({code})"),
        None if cause.is_response() => "the server's answer cannot be read".to_owned(),
        None => cause.to_string(),
    }
}

impl Mailer for PostOffice {
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), MailError>> {
        Box::pin(self.hand_over(mail))
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{BufRead, BufReader, Write},
        net::TcpListener,
    };

    use super::*;

    fn letter(to: &str) -> Mail {
        Mail {
            to: to.into(),
            subject: "Grüße\r\nBcc: all@hcts.example".into(),
            text: "Text".into(),
            html: "<p>Text</p>".into(),
        }
    }

    #[tokio::test]
    async fn a_letter_lies_in_the_folder_with_one_addressee() {
        let folder = std::env::temp_dir().join(format!("hcts-mail-{}", uuid::Uuid::new_v4()));
        let office =
            PostOffice::new(&format!("file:{}", folder.display()), "HCTS <no-reply@hcts.example>").unwrap();
        office.send(&letter("ada@clinic.example")).await.unwrap();
        assert!(office.send(&letter("ada@clinic.example\r\nBcc: all@hcts.example")).await.is_err());
        let letters: Vec<_> =
            std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        let text = std::fs::read_to_string(&letters[0]).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(letters.len(), 1);
        assert!(
            text.contains("To: ada@clinic.example\r\n")
                && text.contains("Content-Type: multipart/alternative"),
            "{text}"
        );
        assert!(!text.lines().any(|line| line.starts_with("Bcc:")), "{text}");
    }

    /// A server that answers each line but the greeting with its own, until there are no more.
    fn server(answers: &'static [&'static str]) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            for answer in answers {
                stream.write_all(format!("{answer}\r\n").as_bytes()).unwrap();
                lines.next();
            }
        });
        port
    }

    #[tokio::test]
    async fn what_a_server_answers_is_told_without_the_address() {
        let refusals: [(&[&str], &str); 3] = [
            (
                &["220 hello", "250 hello", "250 ok", "550 5.1.1 <canary@clinic.example>: nobody here"],
                "refused permanently (550)",
            ),
            (
                &["220 hello", "250 hello", "250 ok", "450 4.2.0 <canary@clinic.example>: come again"],
                "refused temporarily (450)",
            ),
            (&["220 hello", "250 hello", "250 ok", "canary@clinic.example?"], "cannot be read"),
        ];
        for (answers, words) in refusals {
            let url = format!("smtp://127.0.0.1:{}", server(answers));
            let office = PostOffice::new(&url, "HCTS <no-reply@hcts.example>").unwrap();
            let refused = office.send(&letter("canary@clinic.example")).await.unwrap_err();
            let (shown, logged) = (refused.to_string(), format!("{refused:?}"));
            assert!(shown.contains(words), "{shown}");
            assert!(!shown.contains("canary") && !logged.contains("canary"), "{logged}");
        }
    }

    #[test]
    fn what_leads_nowhere_is_said_without_its_password() {
        for (url, from) in [
            ("https://user:secret@host", "a@hcts.example"),
            ("smtps://u:secret@host", "nobody"),
            ("", "a@hcts.example"),
        ] {
            let said = PostOffice::new(url, from).err().unwrap().to_string();
            assert!(!said.contains("secret"), "{said}");
        }
    }
}
