// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/newverb.h"

#include "app/cli/newdatabase.h"

#include <QCoreApplication>

namespace turnstone::cli {

void NewVerb::declare(CLI::App &command)
{
    m_database.declare(command);
    command.add_option("--system", m_system, "Whose schema; see turnstone-cli profiles")->type_name("ID")->required();
    command.add_option("--variant", m_variant, "Which of its variants")->type_name("V");
}

Result<> NewVerb::run(VerbContext &context)
{
    const ProfileRegistry registry = loadRegistry([&](const QString &line) { context.streams.error(line); });
    NewDatabase made;
    if (const Result<> done = made.create(m_database, registry, QString::fromStdString(m_system), QString::fromStdString(m_variant), context.stop); !done)
        return done;
    made.keep();
    context.streams.error(QCoreApplication::translate("NewVerb", "%1: %2, variant %3, made")
                              .arg(made.connection().url().displayText(), QString::fromStdString(m_system), made.variant()));
    return {};
}

} // namespace turnstone::cli
