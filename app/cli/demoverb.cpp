// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/demoverb.h"

#include "app/cli/newdatabase.h"
#include "models/demo/demowriter.h"

#include <QCoreApplication>

namespace turnstone::cli {

void DemoVerb::declare(CLI::App &command)
{
    m_database.declare(command);
    command.add_option("--system", m_system, "Whose sample; see turnstone-cli profiles")->type_name("ID")->required();
    command.add_option("--variant", m_variant, "Which of its variants")->type_name("V");
    command.add_option("--seed", m_seed, "Same seed, same rows")->type_name("N")->capture_default_str();
    command.add_option("--scale", m_scale, "Multiplies the rows")->type_name("N")->check(CLI::Range(1, 100'000))->capture_default_str();
}

Result<> DemoVerb::run(VerbContext &context)
{
    const ProfileRegistry registry = loadRegistry([&](const QString &line) { context.streams.error(line); });
    NewDatabase made;
    if (const Result<> done = made.create(m_database, registry, QString::fromStdString(m_system), QString::fromStdString(m_variant), context.stop); !done)
        return done;
    const StopGuard guard(made.connection(), context.stop);
    DemoOptions options;
    options.system = QString::fromStdString(m_system);
    options.variant = made.variant();
    options.seed = m_seed;
    options.scale = m_scale;
    const auto progress = [&](std::int64_t rows, std::int64_t expected) {
        if (context.streams.errIsTerminal)
            context.streams.err(QStringLiteral("\r%L1 of about %L2 rows ").arg(rows).arg(expected).toUtf8());
    };
    const Result<DemoReport> report = writeDemo(made.connection(), options, context.stop, progress);
    if (context.streams.errIsTerminal)
        context.streams.err("\r\033[K");
    if (!report)
        return failure(report);
    made.keep();
    context.streams.error(QCoreApplication::translate("DemoVerb", "%1: %2, variant %3, %L4 rows in %5 tables")
                              .arg(made.connection().url().displayText(), options.system, report->variant)
                              .arg(report->rows).arg(report->tables.size()));
    return {};
}

} // namespace turnstone::cli
