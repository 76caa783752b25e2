//! The database is away, silent, full or slow: what visitors and buyers are told, and how soon all is well again, unaided.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{Router, body::Body};
use contracts::{error::ErrorCode, identity::OrganisationKind, permission::Permission};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use futures::future::join_all;
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use server::{
    config::Mode,
    web::{self, AppState, RateLimit, Site},
};
use services::{
    Error, OpCtx,
    platform::{Db, DbSettings, Gateways, Keys, Platform, Settings},
};
use testkit::TestApp;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream, UnixStream},
    sync::watch,
};
use tokio_postgres::config::Host;
use tower::ServiceExt;

/// A way to the tests' cluster whose open connections can fall silent while new ones work: a firewall that forgot them.
struct Way {
    url: String,
    /// Connections that were opened in an earlier round carry nothing any more.
    round: watch::Sender<u32>,
}

impl Way {
    async fn to(app: &TestApp) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = app.database.app_url();
        let name = url.split('?').next().unwrap().rsplit('/').next().unwrap();
        let url = format!("postgres://hcts_app@{}/{name}", listener.local_addr().unwrap());
        let cluster: tokio_postgres::Config = app.database.app_url().parse().unwrap();
        let round = watch::Sender::new(0);
        let rounds = round.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(carry(client, cluster.clone(), rounds.subscribe()));
            }
        });
        Self { url, round }
    }

    fn silence_present(&self) {
        self.round.send_modify(|round| *round += 1);
    }
}

/// Carries what is said until the next round begins, then holds both ends open without a word.
async fn carry(mut client: TcpStream, cluster: tokio_postgres::Config, mut round: watch::Receiver<u32>) {
    let port = cluster.get_ports().first().copied().unwrap_or(5432);
    match cluster.get_hosts().first() {
        Some(Host::Unix(folder)) => {
            let mut server = UnixStream::connect(folder.join(format!(".s.PGSQL.{port}"))).await.unwrap();
            tokio::select! {
                _ = copy_bidirectional(&mut client, &mut server) => {}
                _ = round.changed() => std::future::pending().await,
            }
        }
        Some(Host::Tcp(host)) => {
            let mut server = TcpStream::connect((host.as_str(), port)).await.unwrap();
            tokio::select! {
                _ = copy_bidirectional(&mut client, &mut server) => {}
                _ = round.changed() => std::future::pending().await,
            }
        }
        None => panic!("the tests' cluster is somewhere"),
    }
}

/// The ground of the services over another way to the database.
fn platform(app: &TestApp, url: &str, statement_timeout: Duration) -> Arc<Platform> {
    platform_with_pool(app, url, 4, statement_timeout)
}

/// The same with so many connections; visitors' searches have a quarter as many besides, at least one.
pub(crate) fn platform_with_pool(
    app: &TestApp,
    url: &str,
    pool_size: usize,
    statement_timeout: Duration,
) -> Arc<Platform> {
    let settings = DbSettings {
        url: url.to_owned(),
        pool_size,
        acquire_timeout: Duration::from_millis(1_500),
        statement_timeout,
        search_timeout: Duration::from_millis(1_500),
    };
    Arc::new(Platform {
        db: Db::new(&settings).unwrap(),
        clock: app.clock.clone(),
        gateways: Gateways::default(),
        mailer: app.platform.mailer.clone(),
        keys: Keys::from_seeds([1; 32], [2; 32]).unwrap(),
        settings: Settings::default(),
    })
}

async fn question(ctx: &OpCtx) -> Result<(), Error> {
    ctx.tx("tests.question", Permission::SystemManage, async |tx| {
        Ok(tx.conn()?.batch_execute("SELECT 1").await?)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_went_silent_are_thrown_away_and_all_is_well_within_ten_seconds() {
    let app = TestApp::start().await;
    let way = Way::to(&app).await;
    let ctx = OpCtx::system(platform(&app, &way.url, Duration::from_secs(7)));
    for outcome in join_all((0..4).map(|_| question(&ctx))).await {
        outcome.unwrap();
    }
    way.silence_present();
    let began = Instant::now();
    for outcome in join_all((0..8).map(|_| question(&ctx))).await {
        let code = outcome.err().map(|error| error.code);
        assert!(matches!(code, None | Some(ErrorCode::Busy | ErrorCode::Unavailable)), "{code:?}");
    }
    question(&ctx).await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_falls_silent_in_the_middle_is_given_up_and_nothing_untrue_is_claimed() {
    let app = TestApp::start().await;
    let way = Arc::new(Way::to(&app).await);
    let ctx = OpCtx::system(platform(&app, &way.url, Duration::from_secs(1)));
    question(&ctx).await.unwrap();
    let silent = Arc::clone(&way);
    let outcome = ctx.tx("tests.silence", Permission::SystemManage, async move |tx| {
        silent.silence_present();
        Ok(tx.conn()?.batch_execute("SELECT 1").await?)
    });
    assert_eq!(outcome.await.unwrap_err().code, ErrorCode::Unavailable);
    question(&ctx).await.unwrap();
    let silent = Arc::clone(&way);
    let outcome = ctx.tx("tests.silence", Permission::SystemManage, async move |tx| {
        tx.conn()?.batch_execute("SELECT 1").await?;
        silent.silence_present();
        Ok(())
    });
    let error = outcome.await.unwrap_err();
    assert_eq!(error.code, ErrorCode::OutcomeUnknown, "it was asked to commit and never answered");
    assert!(!error.code.message().contains("Nothing was saved"));
    question(&ctx).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backend_that_dies_within_a_transaction_is_no_fault_of_ours_and_known_to_have_saved_nothing() {
    let app = TestApp::start().await;
    let (system, visitor) = (app.system(), app.anonymous());
    let outcome = system.tx("tests.death", Permission::SystemManage, async |tx| {
        Ok(tx.conn()?.batch_execute("SELECT pg_terminate_backend(pg_backend_pid())").await?)
    });
    assert_eq!(outcome.await.unwrap_err().code, ErrorCode::Unavailable);
    let outcome = visitor
        .public_read(async |conn| {
            Ok(conn.batch_execute("SELECT pg_terminate_backend(pg_backend_pid())").await?)
        })
        .await;
    assert_eq!(outcome.unwrap_err().code, ErrorCode::Unavailable);
}

/// The whole router over this ground.
pub(crate) fn router(platform: &Arc<Platform>) -> Router {
    web::router(AppState {
        platform: Arc::clone(platform),
        site: Site::with_head("", Path::new("/nonexistent")),
        legal: web::LegalPages::placeholders(),
        is_demo: false,
        mode: Mode::Development,
        trusted_proxies: 0,
        rate_limit: RateLimit::new(100_000),
    })
}

async fn get(router: &Router, path: &str, cookie: &str) -> (StatusCode, String) {
    let request = Request::get(path).header("accept", "text/html").header("cookie", cookie);
    let answer = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let status = answer.status();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8_lossy(&body).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_database_everybody_is_told_within_two_seconds_in_one_sentence() {
    let app = TestApp::start().await;
    let insurer = app.organisation(OrganisationKind::Insurer).await;
    let nowhere = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgres://hcts_app@{}/hcts", nowhere.local_addr().unwrap());
    // it takes connections and greets nobody, as a machine does whose database hangs
    let router = router(&platform(&app, &url, Duration::from_secs(7)));
    let asked = Instant::now();
    let market = join_all((0..40).map(|_| get(&router, "/market", "")));
    let others = join_all(["/api/marketplace/services", "/readyz"].map(|path| get(&router, path, "")));
    let account = get(&router, "/account", insurer.cookie());
    let (market, others, account) = tokio::join!(market, others, account);
    assert!(asked.elapsed() < Duration::from_secs(4), "{:?}", asked.elapsed());
    for (status, page) in &market {
        assert_eq!(*status, StatusCode::SERVICE_UNAVAILABLE, "{page}");
        assert!(page.contains("answer right now"), "{page}");
        assert!(!page.contains("went wrong on our side") && !page.contains("Nothing was saved"), "{page}");
    }
    for (status, answer) in others.iter().chain([&account]) {
        assert_eq!(*status, StatusCode::SERVICE_UNAVAILABLE, "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_clients_of_a_pool_of_two_are_each_told_within_two_seconds_that_the_database_is_away() {
    let app = TestApp::start().await;
    let nowhere = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgres://hcts_app@{}/hcts", nowhere.local_addr().unwrap());
    let router = router(&platform_with_pool(&app, &url, 2, Duration::from_secs(7)));
    let paths = ["/api/marketplace/services", "/api/marketplace/services?q=knee", "/readyz", "/market"];
    let timed = async |path: &str| {
        let asked = Instant::now();
        let (status, answer) = get(&router, path, "").await;
        (status, asked.elapsed(), answer)
    };
    let answers = join_all((0..200).map(|at| timed(paths[at % paths.len()]))).await;
    for (status, took, answer) in answers {
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{answer}");
        // a second more for a machine that draws two hundred answers at once
        assert!(took < Duration::from_secs(3), "{took:?}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_full_disk_health_and_console_say_so_and_pages_can_be_read() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let name = app.database.owner_url().split('?').next().unwrap().rsplit('/').next().unwrap();
    // the nearest to a full disk that one database can have to itself: no file may grow
    let full = format!("ALTER ROLE hcts_app IN DATABASE {name} SET temp_file_limit = 0");
    app.database.owner().await.batch_execute(&full).await.unwrap();
    let ready = app.get("/readyz").await;
    assert_eq!(ready.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(ready.text().contains("cannot write"), "{}", ready.text());
    let console = admin.get("/console/system").await;
    assert_eq!(console.status(), StatusCode::OK);
    assert!(console.text().contains("The database cannot save anything"));
    let plant = "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS \
                 $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = 'disk_full'; END $$; \
                 CREATE TRIGGER full_disk BEFORE INSERT ON audit_records FOR EACH ROW EXECUTE FUNCTION full_disk()";
    app.database.owner().await.batch_execute(plant).await.unwrap();
    let refused = admin.post_form("/rpc/account_update", "name=Robin+Byron").await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.text().contains("storage_full"), "{}", refused.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_over_its_time_says_so_and_takes_nobody_elses_connection() {
    let app = TestApp::start().await;
    let ctx = OpCtx::system(platform(&app, &app.database.app_url(), Duration::from_secs(7)));
    // the pool of four has one connection beside it for searches
    let slow = || {
        ctx.search_read(async |conn| {
            Ok(diesel::sql_query("SELECT pg_sleep(30)").execute(conn).await.map(drop)?)
        })
    };
    let searches = join_all((0..12).map(|_| slow()));
    let buying = async {
        let began = Instant::now();
        join_all((0..4).map(|_| question(&ctx))).await.into_iter().for_each(|outcome| outcome.unwrap());
        began.elapsed()
    };
    let began = Instant::now();
    let (searches, buying) = tokio::join!(searches, buying);
    for outcome in searches {
        assert_eq!(outcome.unwrap_err().code, ErrorCode::SearchTooSlow);
    }
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert!(buying < Duration::from_secs(1), "{buying:?}");
}
