// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commandline.h"

#include "app/cli/actionverb.h"
#include "app/cli/backupverb.h"
#include "app/cli/checkverb.h"
#include "app/cli/demoverb.h"
#include "app/cli/describe.h"
#include "app/cli/exportverb.h"
#include "app/cli/importverb.h"
#include "app/cli/findverb.h"
#include "app/cli/infoverb.h"
#include "app/cli/leaderboardverb.h"
#include "app/cli/migrateverb.h"
#include "app/cli/newverb.h"
#include "app/cli/profilesverb.h"
#include "app/cli/queryverb.h"
#include "app/cli/setverb.h"
#include "app/cli/searchverb.h"
#include "app/cli/showverb.h"
#include "app/cli/treeverb.h"

#include <algorithm>
#include <memory>
#include <sstream>

namespace turnstone::cli {

namespace {

constexpr int exitFailed = 1;
constexpr int exitUsage = 2;
constexpr int exitInterrupted = 130;

std::vector<std::unique_ptr<Verb>> allVerbs()
{
    std::vector<std::unique_ptr<Verb>> verbs;
    verbs.push_back(std::make_unique<InfoVerb>());
    verbs.push_back(std::make_unique<NewVerb>());
    verbs.push_back(std::make_unique<DemoVerb>());
    verbs.push_back(std::make_unique<TreeVerb>());
    verbs.push_back(std::make_unique<ShowVerb>());
    verbs.push_back(std::make_unique<QueryVerb>());
    verbs.push_back(std::make_unique<ExportVerb>());
    verbs.push_back(std::make_unique<ImportVerb>());
    verbs.push_back(std::make_unique<BackupVerb>());
    verbs.push_back(std::make_unique<RestoreVerb>());
    verbs.push_back(std::make_unique<FindVerb>());
    verbs.push_back(std::make_unique<CheckVerb>());
    verbs.push_back(std::make_unique<SetVerb>());
    verbs.push_back(std::make_unique<ActionVerb>());
    verbs.push_back(std::make_unique<LeaderboardVerb>());
    verbs.push_back(std::make_unique<MigrateVerb>());
    verbs.push_back(std::make_unique<SearchVerb>());
    verbs.push_back(std::make_unique<ProfilesVerb>());
    return verbs;
}

/// Errors are one line: sentences lose their full stop and their line breaks.
QString oneLine(QString text)
{
    text = text.simplified();
    while (text.endsWith(u'.'))
        text.chop(1);
    return text;
}

int exitCodeOf(ErrorCode code)
{
    switch (code) {
    case ErrorCode::Cancelled: return exitInterrupted;
    case ErrorCode::InvalidInput: return exitUsage;
    default: return exitFailed;
    }
}

} // namespace

int runCommandLine(const std::vector<std::string> &arguments, Streams &streams, std::stop_token stop)
{
    CLI::App app("Browse, make and query the databases of LLM applications.", "turnstone-cli");
    app.set_version_flag("--version", "turnstone-cli " TURNSTONE_VERSION);
    app.require_subcommand(1);
    app.get_formatter()->column_width(34);
    const auto verbs = allVerbs();
    Verb *chosen = nullptr;
    for (const auto &verb : verbs) {
        CLI::App *command = app.add_subcommand(verb->name(), verb->summary());
        verb->declare(*command);
        command->callback([&chosen, &verb] { chosen = verb.get(); });
    }
    if (arguments.size() == 2 && arguments.front() == "--describe") {
        const Result<QByteArray> text = describe(app, arguments.back());
        if (text)
            return streams.out(*text) ? 0 : exitFailed;
        streams.error(QStringLiteral("turnstone-cli: %1").arg(oneLine(text.error().message)));
        return exitUsage;
    }
    const auto isFirstWord = [&](const auto &verb) { return arguments.front() == verb->name(); };
    if (!arguments.empty() && !arguments.front().starts_with('-') && std::none_of(verbs.begin(), verbs.end(), isFirstWord)) {
        streams.error(QStringLiteral("turnstone-cli: there is no verb \"%1\"; see turnstone-cli --help").arg(QString::fromStdString(arguments.front())));
        return exitUsage;
    }
    try {
        auto reversed = arguments; // CLI11 takes the words from the back
        std::reverse(reversed.begin(), reversed.end());
        app.parse(reversed);
    } catch (const CLI::ParseError &parseError) {
        if (parseError.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) { // --help, --version
            std::ostringstream help;
            std::ostringstream unused;
            app.exit(parseError, help, unused);
            return streams.out(QByteArray::fromStdString(help.str())) ? 0 : exitFailed;
        }
        std::string verb;
        for (const CLI::App *command : app.get_subcommands())
            verb = command->get_name() + ": ";
        streams.error(QStringLiteral("turnstone-cli: %1%2; see turnstone-cli %3--help")
                          .arg(QString::fromStdString(verb), oneLine(QString::fromUtf8(parseError.what())),
                               QString::fromStdString(verb).replace(QLatin1String(": "), QLatin1String(" "))));
        return exitUsage;
    }
    if (!chosen) { // CLI11 accepts words that it does not know as extras of the program itself
        streams.error(QStringLiteral("turnstone-cli: no verb was given; see turnstone-cli --help"));
        return exitUsage;
    }
    VerbContext context{streams, stop};
    if (const Result<> done = chosen->run(context); !done) {
        const Error &error = done.error();
        streams.error(QStringLiteral("turnstone-cli: %1: %2").arg(QLatin1String(chosen->name()), oneLine(error.message)));
        return exitCodeOf(error.code);
    }
    return chosen->exitCode();
}

} // namespace turnstone::cli
