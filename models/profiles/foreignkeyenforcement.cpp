// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/profiles/foreignkeyenforcement.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QLocale>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct EnforcementText
{
    Q_DECLARE_TR_FUNCTIONS(ForeignKeyEnforcement)
};

} // namespace

QStringList ForeignKeyEnforcement::sentences() const
{
    QStringList lines{EnforcementText::tr("The application writes without enforcing its foreign keys; what is written here obeys them.")};
    const auto add = [&lines](const QString &sentence, const QStringList &keys) {
        if (!keys.isEmpty())
            lines.append(sentence.arg(keys.join(u", "_s)));
    };
    add(EnforcementText::tr("Deleting a row deletes those that point to it: %1."), cascading);
    add(EnforcementText::tr("Deleting a row empties what points to it: %1."), clearing);
    add(EnforcementText::tr("A row that others point to cannot be deleted: %1."), refusing);
    if (dangling && *dangling > 0) {
        const QString count = QLocale::c().toString(*dangling) + (*dangling >= mostCounted ? u"+"_s : QString());
        lines.append(EnforcementText::tr("Rows that point to nothing already: %1. They stay as they are until they are changed.").arg(count));
    }
    return lines;
}

Result<std::optional<ForeignKeyEnforcement>> foreignKeyEnforcement(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile,
                                                                  qint64 mostBytes)
{
    if (connection.engine() != Engine::Sqlite || profile.enforcesForeignKeys)
        return std::nullopt;
    ForeignKeyEnforcement found;
    bool hasKeys = false;
    for (const CatalogTable &table : catalog.tables) {
        for (const CatalogForeignKey &key : table.foreignKeys) {
            hasKeys = true;
            const QString text = u"%1.%2 → %3"_s.arg(table.name, key.columns.join(u'+'), key.referencedTable);
            switch (key.onDelete) {
            case ForeignKeyAction::Cascade: found.cascading.append(text); break;
            case ForeignKeyAction::SetNull:
            case ForeignKeyAction::SetDefault: found.clearing.append(text); break;
            default: found.refusing.append(text);
            }
        }
    }
    if (!hasKeys)
        return std::nullopt;
    if (QFileInfo(connection.url().filePath()).size() <= mostBytes) {
        int count = 0;
        const Result<> done = connection.forEachRow(u"PRAGMA foreign_key_check"_s, {}, [&count](const RowBlock &, int) { return ++count < ForeignKeyEnforcement::mostCounted; });
        if (!done && done.error().code == ErrorCode::Cancelled)
            return failure(done);
        if (done) // a key to a table that is not there makes the check itself fail
            found.dangling = count;
    }
    return found;
}

} // namespace turnstone
