//! What modules that a program requires ask of the system at run time. Their sources are not read: what is not listed is not known.

use super::sources::{Module, is_module};

/// Modules that call programs of the system.
const CALL_PROGRAMS: [&str; 7] = [
    "github.com/chromedp/chromedp",
    "github.com/go-rod/rod",
    "github.com/playwright-community/playwright-go",
    "github.com/hashicorp/go-getter",
    "github.com/hashicorp/terraform-exec",
    "github.com/u2takey/ffmpeg-go",
    "github.com/barasher/go-exiftool",
];

/// Modules that call no program, and look by themselves for no folder of temporary files and no home.
const ASKS_NOTHING: [&str; 83] = [
    "filippo.io/edwards25519",
    "github.com/beorn7/perks",
    "github.com/bytedance/sonic",
    "github.com/cespare/xxhash",
    "github.com/davecgh/go-spew",
    "github.com/dgryski/go-rendezvous",
    "github.com/fsnotify/fsnotify",
    "github.com/gabriel-vasile/mimetype",
    "github.com/gin-contrib/cors",
    "github.com/gin-contrib/sse",
    "github.com/gin-gonic/gin",
    "github.com/go-chi/chi",
    "github.com/go-chi/cors",
    "github.com/go-playground/locales",
    "github.com/go-playground/universal-translator",
    "github.com/go-playground/validator",
    "github.com/go-sql-driver/mysql",
    "github.com/goccy/go-json",
    "github.com/golang-jwt/jwt",
    "github.com/golang/protobuf",
    "github.com/google/go-cmp",
    "github.com/google/uuid",
    "github.com/gorilla/handlers",
    "github.com/gorilla/mux",
    "github.com/gorilla/schema",
    "github.com/gorilla/securecookie",
    "github.com/gorilla/websocket",
    "github.com/inconshreveable/mousetrap",
    "github.com/jackc/pgpassfile",
    "github.com/jackc/pgservicefile",
    "github.com/jackc/pgx",
    "github.com/jackc/puddle",
    "github.com/jinzhu/inflection",
    "github.com/jinzhu/now",
    "github.com/jmoiron/sqlx",
    "github.com/joho/godotenv",
    "github.com/json-iterator/go",
    "github.com/julienschmidt/httprouter",
    "github.com/klauspost/cpuid",
    "github.com/labstack/echo",
    "github.com/labstack/gommon",
    "github.com/leodido/go-urn",
    "github.com/lib/pq",
    "github.com/mattn/go-colorable",
    "github.com/mattn/go-isatty",
    "github.com/modern-go/concurrent",
    "github.com/modern-go/reflect2",
    "github.com/munnerz/goautoneg",
    "github.com/pelletier/go-toml",
    "github.com/pkg/errors",
    "github.com/pmezard/go-difflib",
    "github.com/prometheus/client_golang",
    "github.com/prometheus/client_model",
    "github.com/prometheus/common",
    "github.com/prometheus/procfs",
    "github.com/redis/go-redis",
    "github.com/rs/cors",
    "github.com/rs/xid",
    "github.com/rs/zerolog",
    "github.com/sirupsen/logrus",
    "github.com/spf13/cobra",
    "github.com/spf13/pflag",
    "github.com/stretchr/testify",
    "github.com/twitchyliquid64/golang-asm",
    "github.com/ugorji/go",
    "github.com/valyala/bytebufferpool",
    "github.com/valyala/fasttemplate",
    "go.uber.org/atomic",
    "go.uber.org/multierr",
    "go.uber.org/zap",
    "golang.org/x/arch",
    "golang.org/x/crypto",
    "golang.org/x/exp",
    "golang.org/x/net",
    "golang.org/x/sync",
    "golang.org/x/sys",
    "golang.org/x/text",
    "golang.org/x/time",
    "google.golang.org/genproto",
    "google.golang.org/grpc",
    "google.golang.org/protobuf",
    "gopkg.in/yaml.v2",
    "gopkg.in/yaml.v3",
];

/// Modules that look up who runs the program, for the name of a database's user.
const USERS: [&str; 2] = ["github.com/jackc/pgx", "github.com/lib/pq"];

/// Whether a program calls others, by its own imports or by what it requires.
pub(super) fn calls_programs(module: &Module<'_>) -> bool {
    module.imports(|import| import == "os/exec") || requires(module, &CALL_PROGRAMS)
}

/// Whether a module requires one of which it is not known what it asks of the system.
pub(super) fn may_ask(module: &Module<'_>) -> bool {
    !module.requires.iter().all(|name| ASKS_NOTHING.iter().any(|known| is_module(name, known)))
}

/// Whether a program reads the list of users.
pub(super) fn looks_up_users(module: &Module<'_>) -> bool {
    module.imports(|import| import == "os/user") || requires(module, &USERS)
}

fn requires(module: &Module<'_>, list: &[&str]) -> bool {
    module.requires.iter().any(|name| list.iter().any(|known| is_module(name, known)))
}
