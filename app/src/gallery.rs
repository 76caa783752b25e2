//! Development only.
#![cfg(test)]
use crate::frame::*;
use crate::ui::*;
use leptos::prelude::*;

fn viewer(role: OrganisationRole) -> FrameViewer {
    FrameViewer {
        name: "Ines Carvalho".into(),
        email: "ines.carvalho@mare-health.example".into(),
        organisation: Some(FrameOrganisation {
            name: "Maré Seguros de Saúde".into(), role, verified: true
        }),
        memberships: vec![
            FrameMembership { id: "1".into(), name: "Maré Seguros de Saúde".into(), role, current: true },
            FrameMembership {
                id: "2".into(),
                name: "Hospital da Luz Norte".into(),
                role: OrganisationRole::Provider,
                current: false,
            },
        ],
        cart_count: Some(3),
    }
}

fn dashboard() -> AnyView {
    let months: Vec<String> =
        ["Dec", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov"]
            .map(String::from)
            .to_vec();
    view! {
        <PageHeader title="Dashboard" lead="What your organisation bought, holds and used in the last twelve months."
            actions=|| view! { <LinkButton href="/purchases" icon=Icon::Download>"Export"</LinkButton> <LinkButton href="/market" look=ButtonLook::Primary icon=Icon::Store>"Go to market"</LinkButton> }/>
        <div class="stack-lg">
        <Banner tone=Tone::Warn title="3 payments need you">"Two wait for your bank's approval, one was declined. Nothing was charged for the declined one."</Banner>
        <div class="grid-stats">
            <Stat label="Spent this year" value="EUR 1,284,310.00" change=Change { text: "12 % on last year".into(), up: true, tone: Tone::Neutral } course=vec![12,14,13,19,22,18,25,31,28,33,30,36] href="/purchases"/>
            <Stat label="Certificates held" value="4,812" change=Change { text: "208 since October".into(), up: true, tone: Tone::Ok } course=vec![32,31,36,38,35,41,45,44,48] href="/certificates"/>
            <Stat label="Redeemed" value="71.4 %" change=Change { text: "3 points down".into(), up: false, tone: Tone::Bad } course=vec![76,75,74,75,73,74,72,71] href="/certificates"/>
            <Stat label="Expiring in 30 days" value="37" note="EUR 9,120.00 in value" href="/certificates"/>
        </div>
        <div class="grid-2">
        <Card><LineChart title="Spend by month" description="Spend rose from EUR 71k in December to EUR 118k in November." labels=months.clone()
            series=vec![Series::new("Imaging", ChartColour::Accent, vec![4_100_000,3_900_000,5_200_000,4_800_000,6_100_000,5_900_000,6_400_000,7_800_000,7_200_000,8_100_000,7_700_000,8_400_000]), Series::new("Laboratory", ChartColour::Info, vec![3_000_000,2_700_000,2_900_000,3_100_000,2_800_000,3_300_000,3_200_000,2_900_000,3_400_000,3_600_000,3_300_000,3_400_000])]
            format=ValueFormat::Money{currency:"EUR".into(), exponent:2}/></Card>
        <Card><BarChart title="Certificates by state" description="Most certificates are still open." labels=vec!["Q1".into(),"Q2".into(),"Q3".into(),"Q4".into()] series=vec![Series::new("Issued", ChartColour::Accent, vec![812,943,1204,1310]), Series::new("Redeemed", ChartColour::Info, vec![640,701,922,480])]/></Card>
        </div>
        <Card title="Purchases that need you" flush=true actions=|| view! { <LinkButton href="/purchases" look=ButtonLook::Quiet size=ButtonSize::Compact>"All purchases"</LinkButton> }>
            {orders()}
        </Card>
        </div>
    }.into_any()
}

fn orders() -> AnyView {
    let rows: Vec<_> = [("P-2026-00412", "Hospital da Luz Norte", Tone::Warn, "Awaiting payment", 124_000_i64, 1_795_356_307), ("P-2026-00409", "Laboratório Synlab Porto", Tone::Ok, "Paid", 9_812_450, 1_795_056_307), ("P-2026-00388", "Clínica Imagem Lisboa and 2 more", Tone::Bad, "Declined", 48_000, 1_794_356_307), ("P-2026-00371", "Hospital da Luz Norte", Tone::Info, "Being confirmed", 1_000, 1_794_256_307), ("P-2026-00370", "Instituto CUF", Tone::Neutral, "Cancelled", 77_300, 1_794_156_307)]
        .into_iter().map(|(id, seller, tone, state, minor, at)| view! {
            <tr><th scope="row"><a href="/purchases/1" class="code">{id}</a></th><td>{seller}</td><td><StatusBadge tone label=state/></td><td><DateTimeText instant=chrono::DateTime::from_timestamp(at,0).unwrap()/></td><td class="num"><MoneyText minor currency="EUR"/></td></tr>
        }).collect();
    view! {
        <Table caption="Purchases that need you">
            <thead><tr><ColumnHeader label="Purchase" sort=SortLink{href:"?sort=id".into(),current:None}/><ColumnHeader label="Seller"/><ColumnHeader label="State"/><ColumnHeader label="Placed" sort=SortLink{href:"?".into(),current:Some(SortDirection::Descending)}/><ColumnHeader label="Total" numeric=true sort=SortLink{href:"?".into(),current:None}/></tr></thead>
            <tbody>{rows}</tbody>
        </Table>
    }.into_any()
}

fn forms() -> AnyView {
    let errors = FormErrors::from_fields([
        ("title", "Give the service a title of at least 8 characters."),
        ("price", "Write the price with at most two decimals, such as 240.00."),
        ("icd", "Choose at least one ICD-11 code."),
    ]);
    let selected = RwSignal::new(vec![
        Choice::new("8A80", "Migraine").hint("8A80"),
        Choice::new("8B11", "Cerebral ischaemic stroke").hint("8B11"),
    ]);
    let options = vec![
        Choice::new("8B00", "Intracerebral haemorrhage").hint("8B00"),
        Choice::new("8B01", "Subarachnoid haemorrhage").hint("8B01"),
    ];
    view! {
        <PageHeader title="Edit service" above=|| view! { <Breadcrumbs crumbs=vec![Crumb::new("Services", "/services"), Crumb::new("MRI of the brain", "/services/1")]/> } badges=|| view! { <StatusBadge tone=Tone::Neutral label="Draft" icon=Icon::Edit/> } actions=|| view! { <Menu id="more" label="More" icon=Icon::Dots icon_only=true><MenuLink href="/" icon=Icon::Eye>"Preview"</MenuLink><hr/><MenuButton icon=Icon::Trash danger=true>"Retire service"</MenuButton></Menu> }/>
        <Tabs label="Service" tabs=vec![Tab::new("Details", "?tab=details", true), Tab::new("Price", "?tab=price", false).count(4), Tab::new("Versions", "?tab=versions", false).count(12)]/>
        <FormScope errors=errors>
        <form class="form-grid" method="post">
            <ErrorSummary/>
            <TextInput name="title" label="Title" value="MRI" hint="What a buyer reads first. Name the examination, not the device."/>
            <Combobox name="icd" label="ICD-11 codes" query=RwSignal::new("haem".to_owned()) options=options selected=selected multiple=true hint="Search by code or title."/>
            <TextArea name="about" label="Description" value="Native and contrast MRI of the brain on a 3 T device. </textarea><b>x</b>" optional=true/>
            <div class="grid-2">
            <MoneyInput name="price" label="Base price" currency="EUR" value="240.005"/>
            <NumberInput name="duration" label="Duration" value="45" min=5 max=480 unit="minutes"/>
            <Select name="category" label="Category" placeholder="Choose a category" choices=vec![Choice::new("img", "Imaging"), Choice::new("lab", "Laboratory")] value="img"/>
            <DateInput name="from" label="Valid from" value="2026-12-01"/>
            </div>
            <RadioGroup name="modality" legend="Modality" choices=vec![Choice::new("site", "On site").hint("The person comes to your place."), Choice::new("remote", "Remote"), Choice::new("home", "At home").disabled()] value="site"/>
            <PasswordInput name="password" label="Your password" hint="Asked again, because publishing is binding."/>
            <Checkbox name="terms" label="We provide this service within its validity" hint="Part of the terms of sale." checked=true/>
            <FileInput name="file" label="Leaflet" accept="application/pdf" hint="One PDF, up to 5 MB." optional=true/>
            <div class="form-actions"><Button look=ButtonLook::Primary>"Publish service"</Button><Button>"Save draft"</Button><Button look=ButtonLook::Quiet>"Preview"</Button><Button look=ButtonLook::Danger icon=Icon::Trash>"Retire"</Button><Button pending=true pending_text="Publishing…" look=ButtonLook::Primary>"x"</Button><Button disabled=true>"Not yet"</Button></div>
        </form>
        </FormScope>
    }.into_any()
}

fn market() -> AnyView {
    let rows: Vec<_> = (0..4).map(|n| view! {
        <li class="row-item md:grid-cols-[minmax(0,1fr)_auto]">
            <div class="stack-sm">
                <h2><a href="/market/1">"MRI of the brain with contrast"</a></h2>
                <p class="small muted">"Hospital da Luz Norte, Porto · On site · 45 minutes · next free 2 December 2026"</p>
                <ChipList label="ICD-11 codes"><Chip code="8A80" label="Migraine" href="/market?icd=8A80"/><Chip code="8B11" label="Cerebral ischaemic stroke"/></ChipList>
            </div>
            <div class="text-end"><p class="price">{format_money(24_000 + n * 1_000, "EUR", 2)}</p><p class="small muted">"per examination, from 50 units EUR 214.00"</p></div>
        </li>
    }).collect();
    view! {
        <PageHeader title="Market" lead="Healthcare services of verified providers, coded in ICD-11."/>
        <div class="stack">
        <form><SearchField label="Search services" value="mri brain" placeholder="MRI, 8B11, Lisbon" large=true/></form>
        <ChipList label="Active filters"><Chip label="Imaging" remove="/market"/><Chip label="Porto" remove="/market"/><Chip label="Under EUR 300" remove="/market"/></ChipList>
        <div class="with-facets">
            <form class="stack-lg"><CheckboxGroup name="category" legend="Category" choices=vec![Choice::new("a", "Imaging").count(1284), Choice::new("b", "Laboratory").count(912), Choice::new("c", "Rehabilitation and physical medicine").count(77)] values=vec!["a".to_owned()]/>
            <CheckboxGroup name="modality" legend="Modality" choices=vec![Choice::new("a", "On site").count(1284), Choice::new("b", "Remote").count(12)]/><Button>"Apply filters"</Button></form>
            <div>
                <div class="spread"><p class="muted num">"1,284 services"</p></div>
                <ul class="row-list">{rows}</ul>
                <Pagination previous=Some("/".to_owned()) next=Some("/".to_owned()) summary="25 to 48 of 1,284 services"/>
                <EmptyState icon=Icon::Search title="No service fits all filters" text="Without “Porto” there are 14 results.">  <LinkButton href="/market">"Remove “Porto”"</LinkButton></EmptyState>
            </div>
        </div></div>
    }.into_any()
}

fn misc() -> AnyView {
    view! {
        <PageHeader title="Audit trail"/>
        <div class="stack-lg">
        <Banner tone=Tone::Info title="New release of ICD-11">"2026-01 can be imported."</Banner><Banner tone=Tone::Ok title="Organisation verified"/><Banner tone=Tone::Neutral title="You look at this as an auditor">"Nothing can be changed."</Banner>
        <Table caption="Audit records" density=TableDensity::Dense show_caption=true><thead><tr><ColumnHeader label="When"/><ColumnHeader label="Who"/><ColumnHeader label="Act"/></tr></thead><tbody>{(0..6).map(|_| view!{<tr><td>"22 November 2026, 14:05 UTC"</td><td>"Ines Carvalho"</td><td>"service_publish"</td></tr>}).collect::<Vec<_>>()}</tbody></Table>
        <div class="grid-2"><Card title="Organisation"><DescriptionList><Description term="Name">"Hospital da Luz Norte"</Description><Description term="State"><StatusBadge tone=Tone::Warn label="Waiting for verification"/></Description><Description term="Registered">"PT 509 123 456"</Description></DescriptionList></Card>
        <Card title="Loading"><Skeleton/><Skeleton shape=SkeletonShape::Rows/></Card></div>
        <Skeleton shape=SkeletonShape::Tiles count=4/>
        <div class="cluster"><Badge>"you"</Badge><Badge tone=Tone::Info icon=Icon::Clock>"new"</Badge><StatusBadge tone=Tone::Ok label="Verified"/><IconButton icon=Icon::Bell label="Notices"/><CopyButton text="x" label="Copy code"/><DialogOpener target="d">"Reject…"</DialogOpener></div>
        <Dialog id="d" title="Reject this organisation?"><form><TextArea name="reason" label="Reason" hint="The organisation reads this."/><footer class="dialog-foot"><DialogCloser>"Keep it"</DialogCloser><Button look=ButtonLook::Danger>"Reject organisation"</Button></footer></form></Dialog>
        <Disclosure summary="Why this price" open=true>"Because."</Disclosure>
        </div>
    }.into_any()
}

fn tablet() -> AnyView {
    view! {
        <div class="result result-ok"><Glyph icon=Icon::CheckCircle size=IconSize::Huge/><h1>"Valid"</h1><p>"MRI of the brain with contrast, 1 examination"</p><p class="muted">"Checked 22 November 2026, 14:05 UTC"</p></div>
        <Button look=ButtonLook::Primary size=ButtonSize::Large>"Redeem now"</Button>
        <Button size=ButtonSize::Large>"Scan another"</Button>
        <TextInput name="code" label="Or type the code" kind=InputKind::Code/>
    }.into_any()
}

#[test]
fn render() {
    use leptos_meta::*;
    use leptos_router::components::Router;
    let pages: Vec<(&str, fn() -> AnyView, &str)> = vec![
        ("dashboard", dashboard, "signed"),
        ("forms", forms, "signed"),
        ("market", market, "public"),
        ("console", misc, "console"),
        ("tablet", tablet, "tablet"),
        (
            "error",
            || view! { <ErrorPage kind=ErrorKind::Server request_id="01JD8Z7Q4M"/> }.into_any(),
            "signed",
        ),
        ("e404", || view! { <ErrorPage kind=ErrorKind::NotFound/> }.into_any(), "public"),
    ];
    for (name, page, frame) in pages {
        for theme in ["light", "dark"] {
            let owner = Owner::new();
            let html = owner.with(|| {
                provide_context(leptos_router::location::RequestUrl::new(match name { "dashboard" => "/dashboard", "console" => "/console/audit", "forms" => "/services/1/edit", _ => "/" }));
                provide_meta_context();
                let toaster = provide_toaster((name == "dashboard").then(|| Toast { tone: Tone::Ok, text: "MRI of the brain removed from the cart".into(), action: Some(("Undo".into(), "/".into())) }));
                let _ = toaster;
                let frame = frame.to_owned();
                view! { <Router>{provide_theme()}{move || { match frame.as_str() {
                    "signed" => view! { <SignedInFrame viewer=viewer(if name == "forms" { OrganisationRole::Provider } else { OrganisationRole::Insurer })>{page()}</SignedInFrame> }.into_any(),
                    "console" => view! { <ConsoleFrame viewer=viewer(OrganisationRole::Platform)>{page()}</ConsoleFrame> }.into_any(),
                    "tablet" => view! { <TabletFrame organisation="Hospital da Luz Norte">{page()}</TabletFrame> }.into_any(),
                    _ => view! { <PublicFrame viewer=None>{page()}</PublicFrame> }.into_any(),
                }}}</Router> }.to_html()
            });
            std::fs::write(format!("/tmp/kitnpm/dist/{name}-{theme}.html"), format!("<!doctype html><html lang=en data-theme={theme}><head><meta charset=utf-8><meta name=viewport content='width=device-width, initial-scale=1'><link rel=stylesheet href=main.css></head><body>{html}</body></html>")).unwrap();
        }
    }
}
