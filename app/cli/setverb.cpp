// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/setverb.h"

#include "app/cli/keyjson.h"
#include "models/edit/editsave.h"
#include "models/edit/rowidentity.h"
#include "models/edit/valuetext.h"
#include "models/profiles/rowsql.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QRegularExpression>

#include <algorithm>

namespace turnstone::cli {

namespace {

using namespace Qt::StringLiterals;

struct SetverbText
{
    Q_DECLARE_TR_FUNCTIONS(SetVerb)
};

} // namespace

void SetVerb::declare(CLI::App &command)
{
    m_database.declare(command);
    command.add_option("TABLE", m_table, "Name of the table");
    command.add_option("KEY", m_key, "Key of the row; several columns are joined by commas");
    command.add_option("COL=VALUE", m_values, "New values; an empty one is an empty text")->take_all();
    command.add_option("--null", m_nulls, "Column that becomes NULL; may be repeated")->type_name("COL")->take_all();
    command.add_flag("--dry-run", m_dryRun, "Print the SQL and change nothing");
    command.add_flag("--fork", m_fork, "Where a value is never changed in place: make a new row with it");
}

Result<SetVerb::Values> SetVerb::wanted(const CatalogTable &table, const TableProfile *profile, const RowImage &image) const
{
    Values values;
    const auto columnNamed = [&](const QString &name) -> Result<QString> {
        const CatalogColumn *column = table.column(name);
        return column ? Result<QString>(column->name) : failure(ErrorCode::NotFound, SetverbText::tr("%1 has no column %2").arg(table.name, name));
    };
    for (const std::string &word : m_values) {
        const QString text = QString::fromStdString(word);
        const qsizetype equals = text.indexOf(u'=');
        if (equals < 1)
            return failure(ErrorCode::InvalidInput, SetverbText::tr("\"%1\" is no COL=VALUE").arg(text));
        const Result<QString> column = columnNamed(text.left(equals));
        if (!column)
            return failure(column);
        const ColumnProfile *meant = profile ? profile->column(*column) : nullptr;
        const auto stored = image.values.find(*column);
        const Result<Value> value = valueFromText(text.mid(equals + 1), table, *column, meant ? meant->meaning : QString(), stored == image.values.end() ? Value() : stored->second);
        if (!value)
            return tl::unexpected(Error{ErrorCode::Constraint, value.error().message, value.error().detail, -1}); // the value, not the command line
        values.emplace_back(*column, *value);
    }
    for (const std::string &word : m_nulls) {
        const Result<QString> column = columnNamed(QString::fromStdString(word));
        if (!column)
            return failure(column);
        values.emplace_back(*column, Value::null());
    }
    return values;
}

Result<std::vector<StagedRow>> SetVerb::stage(EditBuffer &buffer, const CatalogTable &table, const TableProfile *profile, const RowImage &image, const RowKey &key, const Streams &streams) const
{
    const Result<Values> values = wanted(table, profile, image);
    if (!values)
        return failure(values);
    const QDateTime now = QDateTime::currentDateTimeUtc();
    const PlannedEdit plan = planEdit(table, profile, image.values, *values, now);
    if (const RuleBreach *breach = plan.refusal())
        return failure(ErrorCode::Constraint, u"%1 (%2)"_s.arg(QString(breach->sentence).remove(QRegularExpression(u"\\.$"_s)), breach->rule));
    for (const RuleBreach &breach : plan.breaches)
        streams.error(u"turnstone-cli: set: "_s + breach.sentence);
    if (plan.immutable && !m_fork) {
        return failure(ErrorCode::Constraint, SetverbText::tr("%1 Give --fork to make a new row with the change.").arg(plan.immutable->sentence));
    }
    if (plan.immutable) {
        const std::map<QString, Value> fork = forkOf(table, profile, *plan.immutable, image.values, key, *values, now);
        buffer.stage(u"fork"_s, {buffer.additionOf(table.schema, table.name, image.keyColumns, fork)});
    } else {
        const Result<RowStep> step = buffer.changeOf(image, plan.values);
        if (!step)
            return failure(step);
        buffer.stage(u"set"_s, {*step});
    }
    return buffer.rows();
}

Result<> SetVerb::save(Connection &connection, const KnownDatabase &known, const std::vector<StagedRow> &rows, const Streams &streams) const
{
    const Result<SaveReport> report = saveEdits(connection, known.catalog, known.profile, rows);
    if (!report)
        return failure(report);
    if (!report->isSaved) {
        const SaveProblem &problem = report->problems.front();
        QString sentence = problem.sentence;
        if (const auto now = problem.now.find(problem.column); now != problem.now.end())
            sentence += SetverbText::tr(" It is now: %1").arg(now->second.toDisplayText().left(200));
        return failure(problem.kind == SaveProblem::Kind::Constraint ? ErrorCode::Constraint : ErrorCode::Conflict, sentence);
    }
    for (const SavedRow &row : report->rows) {
        RowAddress address = row.address;
        if (address.added != 0)
            address = {address.schema, address.table, row.key, 0};
        streams.error(row.address.added != 0 ? SetverbText::tr("%1 added").arg(address.text()) : SetverbText::tr("%1 changed").arg(address.text()));
    }
    return {};
}

Result<> SetVerb::run(VerbContext &context)
{
    std::string first;
    m_database.shiftInto({&m_table, &m_key, &first});
    if (!first.empty())
        m_values.insert(m_values.begin(), first);
    if (m_table.empty() || m_key.empty() || (m_values.empty() && m_nulls.empty()))
        return failure(ErrorCode::InvalidInput, SetverbText::tr("give the table, the key and what to change, as in: set games.db games 412 status=failed"));
    const ProfileRegistry registry = loadRegistry([&](const QString &line) { context.streams.error(line); });
    ConnectionOptions options;
    options.readOnly = m_dryRun;
    auto connection = m_database.open(options, context.stop);
    if (!connection)
        return failure(connection);
    const StopGuard guard(**connection, context.stop);
    const Result<KnownDatabase> known = readAndRecognise(**connection, registry);
    if (!known)
        return failure(known);
    const RowSql sql(known->catalog, known->profile);
    const QString name = QString::fromStdString(m_table);
    const CatalogTable *table = sql.table(name);
    if (!table && name.contains(u'.'))
        table = known->catalog.table(name.section(u'.', 1), name.section(u'.', 0, 0));
    if (!table)
        return failure(ErrorCode::NotFound, SetverbText::tr("there is no table \"%1\"").arg(name));
    const TableProfile *profile = tableProfile(known->profile, *table);
    const QStringList identity = sql.identity(*table);
    if (identity.isEmpty())
        return failure(ErrorCode::Unsupported, rowIdentityOf(*table, profile).refusal);
    const Result<RowKey> key = keyFromText(QString::fromStdString(m_key), identity, table->name);
    if (!key)
        return failure(key);
    const Result<RowImage> image = readImage(**connection, *table, profile, identity, *key);
    if (!image)
        return failure(image);
    RowKey stored = *key; // as it is in the row: "412" that a user typed is the integer 412
    for (qsizetype i = 0; i < identity.size(); ++i) {
        if (const auto value = image->values.find(identity[i]); value != image->values.end())
            stored[static_cast<std::size_t>(i)] = value->second;
    }
    EditBuffer buffer;
    const Result<std::vector<StagedRow>> rows = stage(buffer, *table, profile, *image, stored, context.streams);
    if (!rows)
        return failure(rows);
    if (rows->empty()) {
        context.streams.error(SetverbText::tr("nothing to change: the row is so already"));
        return {};
    }
    if (m_dryRun)
        return context.streams.out(previewSql(known->catalog, *rows).join(u'\n').toUtf8() + '\n');
    return save(**connection, *known, *rows, context.streams);
}

} // namespace turnstone::cli
