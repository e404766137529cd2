//! The console's page: under which paths it is, and that it can be switched off. What it does, the browser tests tell.

use pretty_assertions::assert_eq;

use crate::harness::{Options, World, send};

const VIEWS: [&str; 5] = [
    "/referrals/some-id",
    "/engagements/some-id",
    "/new",
    "/pipeline",
    "/status",
];

/// By this line of the page the console knows that there is something to link to.
const LINK_TO_GRAPHIQL: &str = r#"<meta name="graphiql" content="/graphiql" />"#;

#[tokio::test]
async fn the_consoles_page_is_under_the_paths_of_its_views_and_no_others() {
    let world = World::start().await;
    // What `make web` built; the tests run without it, too.
    let is_built = std::path::Path::new("web/dist/console/index.html").exists();
    for path in VIEWS {
        let answer = send(world.http.get(format!("{}{path}", world.url))).await;
        if !is_built {
            assert_eq!(answer.status().as_u16(), 404, "{path}");
            let text = answer.text().await.unwrap();
            assert!(text.starts_with("The console has not been built"), "{text}");
            continue;
        }
        assert_eq!(answer.status().as_u16(), 200, "{path}");
        let policy = &answer.headers()["content-security-policy"];
        assert!(
            policy
                .to_str()
                .unwrap()
                .starts_with("default-src 'none'; script-src 'self';"),
            "{policy:?}"
        );
        let html = answer.text().await.unwrap();
        assert!(html.contains("<div id=\"root\">"), "{html}");
        assert!(html.contains(LINK_TO_GRAPHIQL), "{html}");
    }
    for path in ["/referrals", "/referrals/a/b", "/newer", "/console"] {
        let answer = send(world.http.get(format!("{}{path}", world.url))).await;
        assert_eq!(answer.status().as_u16(), 404, "{path}");
        assert_eq!(answer.text().await.unwrap(), "", "{path}");
    }
}

#[tokio::test]
async fn without_the_console_the_root_leads_to_graphiql_and_without_both_nowhere() {
    let alone = World::with(Options {
        toml: "[server]\nconsole = false",
        ..Options::default()
    })
    .await;
    // The client follows the redirect.
    let root = send(alone.http.get(format!("{}/", alone.url))).await;
    assert_eq!(root.url().path(), "/graphiql");
    assert_eq!(root.status().as_u16(), 200);

    let without = World::with(Options {
        toml: "[server]\nconsole = false\ngraphiql = false",
        ..Options::default()
    })
    .await;
    for path in VIEWS {
        let answer = send(alone.http.get(format!("{}{path}", alone.url))).await;
        assert_eq!(answer.status().as_u16(), 404, "{path}");
    }
    for path in ["/", "/graphiql"].iter().chain(&VIEWS) {
        let answer = send(without.http.get(format!("{}{path}", without.url))).await;
        assert_eq!(answer.status().as_u16(), 404, "{path}");
    }
}

#[tokio::test]
async fn the_console_is_not_told_of_a_graphiql_that_is_switched_off() {
    let world = World::with(Options {
        toml: "[server]\ngraphiql = false",
        ..Options::default()
    })
    .await;
    for path in ["/"].iter().chain(&VIEWS) {
        let answer = send(world.http.get(format!("{}{path}", world.url))).await;
        let html = answer.text().await.unwrap();
        assert!(!html.contains(LINK_TO_GRAPHIQL), "{html}");
    }
}
