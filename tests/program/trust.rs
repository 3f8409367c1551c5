//! A service whose certificate a company signed itself, as the screen tells of it.

use crate::screen::Screen;
use crate::tls::{Authority, Front};
use crate::world::World;

#[test]
fn a_private_authority_is_told_with_what_to_do_and_trusted_once_that_is_done() {
    let (authority, world) = (Authority::new(), World::new());
    let front = Front::before(&world.base_url, &authority.signs(&["localhost"]));
    let base_url = front.base_url("localhost");
    let variables = [("CONFIDENT_BASE_URL", base_url.as_str()), ("CONFIDENT_ORG_API_KEY", world.key.expose())];
    let mut screen = Screen::run(&world, &[], &variables, 80, 24);
    screen.sees("No trusted connection to localhost").sees("key was not sent").sees("SSL_CERT_FILE");
    let tried = front.greeted();
    screen.types("r").waits_for(|| front.greeted() > tried).types("q");
    screen.ends(0);

    let file = authority.file(world.home.path());
    let variables = [&variables[..], &[("SSL_CERT_FILE", file.to_str().unwrap())]].concat();
    let mut screen = Screen::run(&world, &[], &variables, 80, 24);
    screen.sees("Acme Inc.").sees("Terraform").types("q");
    screen.ends(0);
}
