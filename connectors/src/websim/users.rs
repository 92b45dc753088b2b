//! Who visits the site: [`User`], with what their browser, machine and place say of them.

use super::random::Random;
use std::fmt::Write;

/// A user of the site.
#[derive(Debug, Clone)]
pub(super) struct User {
    pub(super) referer_url: String,
    pub(super) referer_medium: &'static str,
    pub(super) utm_medium: &'static str,
    pub(super) utm_source: &'static str,
    pub(super) utm_content: &'static str,
    pub(super) utm_campaign: &'static str,
    pub(super) click_id: String,
    pub(super) city: City,
    pub(super) ip_address: String,
    pub(super) browser_name: &'static str,
    pub(super) browser_user_agent: String,
    pub(super) browser_language: &'static str,
    pub(super) os: String,
    pub(super) os_name: &'static str,
    pub(super) device_type: &'static str,
    pub(super) device_is_mobile: bool,
    pub(super) user_custom_id: String,
    pub(super) user_domain_id: String,
}

impl User {
    pub(super) fn random(random: &mut Random) -> User {
        let utm_source =
            random.weighted(&[("google", 15), ("facebook", 30), ("bing", 5), ("instagram", 20), ("mailchimp", 30)]);
        let browser_name =
            random.weighted(&[("Chrome", 50), ("Firefox", 25), ("InternetExplorer", 5), ("Safari", 10), ("Opera", 10)]);
        let os_name = random.weighted(&[("Windows", 10), ("MacOS", 15), ("Linux", 5), ("Android", 30), ("iOS", 40)]);
        let os = system(random, os_name);
        let device_is_mobile = matches!(os_name, "Android" | "iOS");
        User {
            referer_url: format!("www.{utm_source}.com"),
            referer_medium: if matches!(utm_source, "google" | "bing") { "search" } else { "internal" },
            utm_medium: random.weighted(&[("cpc", 25), ("affiliate", 10), ("organic", 40), ("social", 25)]),
            utm_source,
            utm_content: random.weighted(&[("ad_1", 5), ("ad_2", 30), ("ad_3", 20), ("ad_4", 25), ("ad_5", 20)]),
            utm_campaign: random.weighted(&[("campaign_1", 80), ("campaign_2", 20)]),
            click_id: random.uuid().to_string(),
            city: random.of(CITIES),
            ip_address: address(random),
            browser_name,
            browser_user_agent: agent(random, browser_name, &os),
            browser_language: random.of(LANGUAGES),
            os,
            os_name,
            device_type: if device_is_mobile { "Mobile" } else { "Computer" },
            device_is_mobile,
            user_custom_id: email(random),
            user_domain_id: random.uuid().to_string(),
        }
    }
}

/// A public address of the Internet.
fn address(random: &mut Random) -> String {
    loop {
        let [a, b, c, d, ..] = random.next().to_le_bytes();
        let private = matches!((a, b), (0 | 10 | 127 | 224.., _) | (169, 254) | (172, 16..=31) | (192, 0 | 168))
            || matches!((a, b), (100, 64..=127) | (198, 18 | 19 | 51) | (203, 0));
        if !private {
            return format!("{a}.{b}.{c}.{d}");
        }
    }
}

fn email(random: &mut Random) -> String {
    let mut email = String::new();
    // Initial and name, or both names.
    match random.below(3) {
        0 => email.push((b'a' + random.below(26) as u8) as char),
        _ => email.push_str(random.of(FIRST_NAMES)),
    }
    email.push_str(random.of(LAST_NAMES));
    if random.happens(0.3) {
        let _ = write!(email, "{}", random.below(100));
    }
    email.push('@');
    email.push_str(random.of(&["gmail.com", "yahoo.com", "hotmail.com"]));
    email
}

fn system(random: &mut Random, name: &str) -> String {
    match name {
        "Windows" => format!("Windows NT {}", random.of(&["5.1", "6.0", "6.1", "6.2", "10.0"])),
        "MacOS" => format!(
            "Macintosh; {} Mac OS X 10_{}_{}",
            random.of(&["Intel", "PPC", "U; Intel"]),
            random.below(8) + 5,
            random.below(10)
        ),
        "Linux" => format!("X11; Linux {}", random.of(&["i686", "x86_64"])),
        "Android" => format!("Android {}.{}.{}", random.below(10) + 2, random.below(5), random.below(3)),
        _ => format!(
            "{device}; CPU {device} OS {}_{}_{} like Mac OS X",
            random.below(11) + 4,
            random.below(4),
            random.below(3),
            device = random.of(&["iPhone", "iPad"])
        ),
    }
}

fn agent(random: &mut Random, browser: &str, system: &str) -> String {
    let (major, minor) = (random.below(50) + 13, random.below(900));
    match browser {
        "Chrome" => format!(
            "Mozilla/5.0 ({system}) AppleWebKit/531.{} (KHTML, like Gecko) Chrome/{major}.0.{minor}.0 Safari/531.{}",
            minor % 3,
            minor % 3
        ),
        "Firefox" => format!(
            "Mozilla/5.0 ({system}; rv:1.9.{}.20) Gecko/20{}-0{}-1{} Firefox/3.{}.{}",
            minor % 7,
            10 + minor % 9,
            1 + minor % 9,
            minor % 10,
            major % 7,
            minor % 20
        ),
        "InternetExplorer" => format!(
            "Mozilla/5.0 (compatible; MSIE {}.0; {system}; Trident/{}.{})",
            major % 5 + 5,
            major % 3 + 3,
            minor % 2
        ),
        "Safari" => format!(
            "Mozilla/5.0 ({system}) AppleWebKit/53{}.{} (KHTML, like Gecko) Version/{}.0.{} Safari/53{}.{}",
            minor % 6,
            major,
            major % 3 + 3,
            minor % 6,
            minor % 6,
            major
        ),
        _ => format!(
            "Opera/{}.{}.({system}) Presto/2.9.{} Version/{}.00",
            major % 2 + 8,
            minor % 100,
            160 + minor % 30,
            major % 3 + 10
        ),
    }
}

/// A place on land.
#[derive(Debug, Clone, Copy)]
pub(super) struct City {
    pub(super) latitude: &'static str,
    pub(super) longitude: &'static str,
    pub(super) name: &'static str,
    pub(super) country: &'static str,
    pub(super) timezone: &'static str,
}

macro_rules! cities {
    ($($latitude:literal $longitude:literal $name:literal $country:literal $timezone:literal;)*) => {
        &[$(City {
            latitude: $latitude,
            longitude: $longitude,
            name: $name,
            country: $country,
            timezone: $timezone,
        }),*]
    };
}

const CITIES: &[City] = cities! {
    "40.71427" "-74.00597" "New York City" "US" "America/New_York";
    "34.05223" "-118.24368" "Los Angeles" "US" "America/Los_Angeles";
    "41.85003" "-87.65005" "Chicago" "US" "America/Chicago";
    "29.76328" "-95.36327" "Houston" "US" "America/Chicago";
    "39.73915" "-104.9847" "Denver" "US" "America/Denver";
    "33.44838" "-112.07404" "Phoenix" "US" "America/Phoenix";
    "47.60621" "-122.33207" "Seattle" "US" "America/Los_Angeles";
    "25.77427" "-80.19366" "Miami" "US" "America/New_York";
    "41.75338" "-86.11084" "Granger" "US" "America/Indiana/Indianapolis";
    "43.70011" "-79.4163" "Toronto" "CA" "America/Toronto";
    "49.24966" "-123.11934" "Vancouver" "CA" "America/Vancouver";
    "19.42847" "-99.12766" "Mexico City" "MX" "America/Mexico_City";
    "-23.5475" "-46.63611" "Sao Paulo" "BR" "America/Sao_Paulo";
    "-22.90642" "-43.18223" "Rio de Janeiro" "BR" "America/Sao_Paulo";
    "-34.61315" "-58.37723" "Buenos Aires" "AR" "America/Argentina/Buenos_Aires";
    "4.60971" "-74.08175" "Bogota" "CO" "America/Bogota";
    "51.50853" "-0.12574" "London" "GB" "Europe/London";
    "53.48095" "-2.23743" "Manchester" "GB" "Europe/London";
    "48.85341" "2.3488" "Paris" "FR" "Europe/Paris";
    "45.74846" "4.84671" "Lyon" "FR" "Europe/Paris";
    "52.52437" "13.41053" "Berlin" "DE" "Europe/Berlin";
    "48.13743" "11.57549" "Munich" "DE" "Europe/Berlin";
    "53.55073" "9.99302" "Hamburg" "DE" "Europe/Berlin";
    "40.4165" "-3.70256" "Madrid" "ES" "Europe/Madrid";
    "41.38879" "2.15899" "Barcelona" "ES" "Europe/Madrid";
    "41.89193" "12.51133" "Rome" "IT" "Europe/Rome";
    "45.46427" "9.18951" "Milan" "IT" "Europe/Rome";
    "52.37403" "4.88969" "Amsterdam" "NL" "Europe/Amsterdam";
    "59.32938" "18.06871" "Stockholm" "SE" "Europe/Stockholm";
    "52.22977" "21.01178" "Warsaw" "PL" "Europe/Warsaw";
    "48.20849" "16.37208" "Vienna" "AT" "Europe/Vienna";
    "38.71667" "-9.13333" "Lisbon" "PT" "Europe/Lisbon";
    "41.01384" "28.94966" "Istanbul" "TR" "Europe/Istanbul";
    "30.06263" "31.24967" "Cairo" "EG" "Africa/Cairo";
    "6.45407" "3.39467" "Lagos" "NG" "Africa/Lagos";
    "-26.20227" "28.04363" "Johannesburg" "ZA" "Africa/Johannesburg";
    "-1.28333" "36.81667" "Nairobi" "KE" "Africa/Nairobi";
    "25.07725" "55.30927" "Dubai" "AE" "Asia/Dubai";
    "19.07283" "72.88261" "Mumbai" "IN" "Asia/Kolkata";
    "28.65195" "77.23149" "Delhi" "IN" "Asia/Kolkata";
    "1.28967" "103.85007" "Singapore" "SG" "Asia/Singapore";
    "-6.21462" "106.84513" "Jakarta" "ID" "Asia/Jakarta";
    "14.6042" "120.9822" "Manila" "PH" "Asia/Manila";
    "37.566" "126.9784" "Seoul" "KR" "Asia/Seoul";
    "35.6895" "139.69171" "Tokyo" "JP" "Asia/Tokyo";
    "34.69374" "135.50218" "Osaka" "JP" "Asia/Tokyo";
    "-33.86785" "151.20732" "Sydney" "AU" "Australia/Sydney";
    "-36.84853" "174.76349" "Auckland" "NZ" "Pacific/Auckland";
};

const LANGUAGES: &[&str] = &[
    "en_US", "en_US", "en_US", "en_GB", "de_DE", "fr_FR", "es_ES", "es_MX", "pt_BR", "it_IT", "nl_NL", "sv_SE",
    "pl_PL", "tr_TR", "ja_JP", "ko_KR", "hi_IN", "id_ID", "tn_ZA",
];

const FIRST_NAMES: &[&str] = &[
    "anna", "brian", "carla", "david", "emma", "frank", "grace", "henry", "irene", "james", "karen", "lucas", "maria",
    "nina", "oscar", "paula", "quinn", "rosa", "sarah", "thomas", "ursula", "victor", "wendy", "xavier", "yvonne",
];

const LAST_NAMES: &[&str] = &[
    "adams",
    "baker",
    "clark",
    "davis",
    "evans",
    "fisher",
    "garcia",
    "hill",
    "irwin",
    "jones",
    "king",
    "lopez",
    "moore",
    "nguyen",
    "owens",
    "parker",
    "quintana",
    "roberts",
    "snyder",
    "taylor",
    "underwood",
    "vargas",
    "wilson",
    "young",
    "zimmerman",
];
