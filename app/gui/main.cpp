// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/appcontext.h"
#include "app/gui/gaptracer.h"
#include "models/core/async.h"
#include "models/database/session.h"
#include "views/widgets/englishplurals.h"
#include "views/widgets/icons.h"
#include "views/widgets/turnstonestyle.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QFileInfo>
#include <QSettings>
#include <QSqlDatabase>
#include <QTableView>
#include <QTemporaryDir>
#include <QTimer>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>

using namespace Qt::StringLiterals;
using namespace turnstone;

namespace {

constexpr int giveUpMs = 60'000;
// After the rows: the record is laid out, counts arrive.
constexpr int drawnMs = 400;
constexpr int maxRounds = 25;

void say(FILE *stream, const QString &text)
{
    std::fprintf(stream, "%s\n", qPrintable(text));
}

void fail(const QString &text)
{
    say(stderr, u"turnstone: "_s + text);
    QCoreApplication::exit(1);
}

/// Runs `then` once the window shows its data, or ends the program with a line on stderr.
template<typename Then>
void whenShown(MainWindow &window, Then then)
{
    QObject::connect(&window, &MainWindow::openFailed, &window, [](const Error &error) { fail(error.message); });
    QObject::connect(&window, &MainWindow::viewReady, &window, [&window, then] {
        auto *wait = new QTimer(&window);
        QObject::connect(wait, &QTimer::timeout, &window, [&window, wait, then, rounds = 0]() mutable {
            // Counts belong to the picture, unless they take long.
            if (window.isBusy() && ++rounds < maxRounds)
                return;
            wait->stop();
            then();
        });
        wait->start(drawnMs);
    });
    QTimer::singleShot(giveUpMs, &window, [] { fail(u"the view did not show its data within a minute"_s); });
}

void saveScreenshot(MainWindow &window, const QString &file)
{
    if (!window.grab().save(file, "PNG"))
        fail(u"%1 could not be written"_s.arg(file));
    else
        QCoreApplication::exit(0);
}

struct Sample
{
    static ConnectionOptions options()
    {
        ConnectionOptions create;
        create.readOnly = false;
        create.createFile = true;
        return create;
    }

    QTemporaryDir folder;
    Session session{DatabaseUrl::forFile(folder.filePath(u"sample.db"_s)), options()};
};

void startSelfTest(MainWindow &window, Session &session)
{
    for (const QString &driver : {u"QSQLITE"_s, u"QPSQL"_s}) {
        if (!QSqlDatabase::isDriverAvailable(driver)) {
            QTimer::singleShot(0, &window, [driver] { fail(u"the SQL driver %1 is missing; install Qt's SQL plugins"_s.arg(driver)); });
            return;
        }
    }
    whenShown(window, [&window] {
        const auto *rows = window.findChild<QTableView *>(u"rows"_s);
        if (rows == nullptr || rows->model()->rowCount() != 3 || rows->model()->index(2, 1).data().toString() != u"three"_s)
            return fail(u"self-test: the rows of the sample database did not arrive"_s);
        const QImage image = window.grab().toImage();
        if (image.isNull())
            return fail(u"self-test: the window could not be drawn"_s);
        say(stdout, u"self-test passed"_s);
        QCoreApplication::exit(0);
    });
    const auto write = [](Connection &connection) -> Result<int> {
        const Result<> done = connection.executeScript(u"CREATE TABLE sample(id INTEGER PRIMARY KEY, word TEXT, score REAL);"
                                                       "INSERT INTO sample VALUES (1, 'one', 1.5), (2, NULL, NULL), (3, 'three', 0);"_s);
        if (!done)
            return failure(done);
        return 0;
    };
    onResult(session.run(write), &window, [&window, path = session.url().filePath()](const Result<int> &written) {
        if (!written)
            return fail(written.error().message);
        window.openPlace(path, true);
    });
}

} // namespace

int main(int argc, char **argv)
{
    const bool isTraced = std::any_of(argv + 1, argv + argc, [](const char *argument) { return qstrcmp(argument, "--trace-gaps") == 0; });
    if (isTraced)
        qputenv("QT_NO_GLIB", "1"); // GLib's dispatcher does not tell waiting from working
    const std::unique_ptr<QApplication> made = isTraced ? std::make_unique<TracedApplication>(argc, argv) : std::make_unique<QApplication>(argc, argv);
    QApplication &application = *made;
    QApplication::setApplicationName(u"turnstone"_s);
    QApplication::setApplicationDisplayName(u"Turnstone"_s);
    QApplication::setApplicationVersion(QStringLiteral(TURNSTONE_VERSION));
    QApplication::setDesktopFileName(u"turnstone"_s);

    QCommandLineParser parser;
    parser.setApplicationDescription(u"Browser for the databases of LLM applications"_s);
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addPositionalArgument(u"DB"_s, u"SQLite files or PostgreSQL URLs to open."_s, u"[DB…]"_s);
    const QCommandLineOption view(u"view"_s, u"Table or view to show."_s, u"NAME"_s);
    const QCommandLineOption readOnly(u"read-only"_s, u"Forbid every change."_s);
    const QCommandLineOption screenshot(u"screenshot"_s, u"Write a picture of the view as PNG and exit."_s, u"FILE"_s);
    const QCommandLineOption theme(u"theme"_s, u"light, dark or system."_s, u"THEME"_s);
    const QCommandLineOption selfTest(u"self-test"_s, u"Check the installation and exit."_s);
    const QCommandLineOption path(u"path"_s, u"Place to go to, such as games/412/players."_s, u"PATH"_s);
    const QCommandLineOption traceGaps(u"trace-gaps"_s, u"Say at the end for how long the window did not answer, and what it did then."_s);
    const QCommandLineOption portable(u"portable"_s, u"Keep settings, samples and everything else in the folder turnstone-portable beside the program."_s);
    parser.addOptions({view, path, readOnly, screenshot, theme, selfTest, portable, traceGaps});
    parser.process(application);

    const bool isProbe = parser.isSet(screenshot) || parser.isSet(selfTest);
    AppFolders folders = AppFolders::standard();
    if (parser.isSet(portable)) {
        const QString folder = QCoreApplication::applicationDirPath() + u"/turnstone-portable"_s;
        if (!QDir().mkpath(folder) || !QFileInfo(folder).isWritable()) {
            say(stderr, u"turnstone: --portable: %1 cannot be written; put the program where it may write"_s.arg(folder));
            return 1;
        }
        folders = AppFolders::below(folder);
    }
    constexpr int behindTheWindow = 5;
    Session::setNice(behindTheWindow);
    AppContext context(isProbe ? AppContext::Mode::Probe : parser.isSet(portable) ? AppContext::Mode::Portable : AppContext::Mode::Desktop, folders);
    QSettings &settings = context.settings();
    const QString themeName = parser.isSet(theme) ? parser.value(theme) : settings.value(u"theme"_s, u"system"_s).toString();
    if (parser.isSet(theme) && !QStringList{u"light"_s, u"dark"_s, u"system"_s}.contains(themeName)) {
        say(stderr, u"turnstone: --theme %1: choose light, dark or system"_s.arg(themeName));
        return 2;
    }
    if (parser.isSet(screenshot) && parser.positionalArguments().size() > 1) {
        say(stderr, u"turnstone: --screenshot shows one database"_s);
        return 2;
    }

    EnglishPlurals plurals;
    QApplication::installTranslator(&plurals);
    QApplication::setStyle(new TurnstoneStyle); // NOLINT: the application takes it
    QApplication::setWindowIcon(themedIcon(u"turnstone"_s, QColor()));
    applyTheme(application, themeName == u"dark"_s ? ThemeMode::Dark : themeName == u"light"_s ? ThemeMode::Light : ThemeMode::System);
    MainWindow window(context.services());

    std::optional<GapTracer> gaps;
    if (auto *traced = qobject_cast<TracedApplication *>(&application))
        traced->setTracer(&gaps.emplace());
    std::optional<Sample> sample;
    if (parser.isSet(selfTest))
        startSelfTest(window, sample.emplace().session);
    if (parser.isSet(screenshot)) {
        whenShown(window, [&window, file = parser.value(screenshot)] { saveScreenshot(window, file); });
        if (parser.positionalArguments().isEmpty())
            QTimer::singleShot(drawnMs, &window, [&window, file = parser.value(screenshot)] { saveScreenshot(window, file); });
    }
    if (parser.isSet(path))
        QObject::connect(&window, &MainWindow::databaseOpened, &window, [&] { window.goToPath(parser.value(path)); }, Qt::QueuedConnection);
    if (parser.isSet(readOnly))
        window.forbidChanges();
    // The first reads run while the window appears.
    if (!parser.positionalArguments().isEmpty())
        window.openPlaces(parser.positionalArguments(), false, parser.value(view));
    if (parser.positionalArguments().isEmpty() && !isProbe)
        window.restoreSession();
    else if (!isProbe)
        window.paintOnceReady();
    window.show();
    const int code = QApplication::exec();
    if (gaps) {
        static_cast<TracedApplication &>(application).setTracer(nullptr);
        for (const QString &line : gaps->report().split(u'\n'))
            say(stderr, u"turnstone: "_s + line);
    }
    return code;
}
