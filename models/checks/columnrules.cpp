// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/checks/columnprobe.h"

#include "models/checks/columnrepairs.h"

#include <QCoreApplication>

#include <algorithm>
#include <optional>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct ColumnRulesText
{
    Q_DECLARE_TR_FUNCTIONS(ColumnRules)
};

bool contains(const QString &type, std::initializer_list<QLatin1String> words)
{
    return std::ranges::any_of(words, [&](QLatin1String word) { return type.contains(word, Qt::CaseInsensitive); });
}

CheckSql::Where plain(const QString &condition)
{
    return [condition](SqlValues &) { return condition; };
}

/// Builds the probes of one column.
class ColumnProber
{
public:
    ColumnProber(const CheckSql &sql, const CatalogTable &table, const CatalogColumn &column, const ColumnProfile *meaning)
        : m_sql(sql), m_table(table), m_column(column), m_meaning(meaning), m_name(RowSql::column(u"t"_s, column.name)),
          m_is(meaning ? meaning->meaning : QString())
    {
    }

    std::vector<ColumnProbe> probes()
    {
        addStorage();
        addTimes();
        addJson();
        addValues();
        addRange();
        return std::move(m_probes);
    }

private:
    Finding base(const QString &check, const QString &title, const QString &explanation, FindingSeverity severity = FindingSeverity::Warning) const
    {
        Finding finding;
        finding.check = check;
        finding.title = title;
        finding.explanation = explanation;
        finding.severity = severity;
        return CheckSql::at(m_table, m_column.name, finding);
    }
    QString full() const { return m_table.name + u'.' + m_column.name; }
    void add(Finding finding, const QString &condition) { m_probes.push_back({std::move(finding), ColumnProbe::Judge::AnyIsWrong, {{{}, plain(condition)}}, m_name, -1, {}}); }

    bool isJson() const
    {
        static const QStringList meanings{u"json"_s, u"chat-messages"_s, u"openai-response"_s};
        return meanings.contains(m_is) || (m_is.isEmpty() && contains(m_column.type, {QLatin1String("JSON")}));
    }

    /// Storage classes in an ordinary SQLite table: the declared type is only a wish.
    void addStorage()
    {
        if (!m_sql.isSqlite() || m_table.strict)
            return;
        const QString &type = m_column.type;
        const QString kind = u"typeof(%1)"_s.arg(m_name);
        const bool isInteger = contains(type, {QLatin1String("INT")});
        const bool isText = !isInteger && contains(type, {QLatin1String("CHAR"), QLatin1String("CLOB"), QLatin1String("TEXT")});
        const bool isReal = !isInteger && !isText && contains(type, {QLatin1String("REAL"), QLatin1String("FLOA"), QLatin1String("DOUB"), QLatin1String("BOOL")});
        ColumnProbe probe;
        probe.judge = ColumnProbe::Judge::OneKindOnly;
        probe.shown = u"%1 || ' · ' || quote(substr(%2, 1, 80))"_s.arg(kind, m_name);
        const auto add = [&](const QString &name, const QString &condition) { probe.kinds.push_back({name, plain(condition)}); };
        if (isInteger) {
            add(u"integer"_s, kind + u" = 'integer'"_s);
            add(u"real"_s, kind + u" = 'real'"_s);
            probe.expected = 0;
        } else {
            add(ColumnRulesText::tr("number"), kind + u" IN ('integer', 'real')"_s);
            probe.expected = isReal ? 0 : isText ? 1 : -1;
        }
        if (isJson()) // a document may be a bare number, which SQLite then keeps as one
            probe.kinds = {{u"JSON"_s, plain(kind + u" IN ('integer', 'real', 'text')"_s)}};
        else
            add(u"text"_s, kind + u" = 'text'"_s);
        add(u"blob"_s, kind + u" = 'blob'"_s);
        if (isJson())
            probe.expected = 0;
        if (m_is == u"vector" || contains(type, {QLatin1String("VECTOR")}))
            probe.expected = -1;
        const FindingSeverity severity = type.isEmpty() ? FindingSeverity::Note : FindingSeverity::Warning;
        probe.base = base(u"storage-class"_s, ColumnRulesText::tr("Values of different kinds in %1").arg(full()),
                          type.isEmpty() ? ColumnRulesText::tr("The column has no type. Such values sort and compare apart from each other.")
                                         : ColumnRulesText::tr("The column is declared %1. SQLite keeps other values as they are; they sort and compare apart from the rest.").arg(type),
                          severity);
        if (isInteger)
            probe.repairs = [table = &m_table, column = &m_column](std::size_t) { return std::vector{numberRepair(*table, *column)}; };
        m_probes.push_back(std::move(probe));
    }

    void addTimes()
    {
        if (!isTimeColumn(m_column, m_meaning) || (!m_sql.isSqlite() && !isTextColumn(m_column)))
            return;
        const bool isSqlite = m_sql.isSqlite();
        const QString text = isSqlite ? u"typeof(%1) = 'text'"_s.arg(m_name) : m_name + u" IS NOT NULL"_s;
        const QString zone = isSqlite ? u"substr(%1, 12) GLOB '*[-+Z]*'"_s.arg(m_name) : u"substr(%1, 12) ~ '[-+Z]'"_s.arg(m_name);
        const QString mark = u"substr(%1, 11, 1)"_s.arg(m_name);
        ColumnProbe probe;
        probe.judge = ColumnProbe::Judge::OneKindOnly;
        probe.shown = m_name;
        const auto add = [&](const QString &name, const QString &condition) { probe.kinds.push_back({name, plain(text + u" AND "_s + condition)}); };
        add(u"2025-10-21 09:14:00"_s, u"%1 = ' ' AND NOT (%2)"_s.arg(mark, zone));
        add(u"2025-10-21T09:14:00"_s, u"%1 = 'T' AND NOT (%2)"_s.arg(mark, zone));
        add(u"2025-10-21 09:14:00+00:00"_s, u"%1 = ' ' AND %2"_s.arg(mark, zone));
        add(u"2025-10-21T09:14:00Z"_s, u"%1 = 'T' AND %2"_s.arg(mark, zone));
        add(u"2025-10-21"_s, u"length(%1) = 10"_s.arg(m_name));
        add(ColumnRulesText::tr("other texts"), u"%1 NOT IN (' ', 'T') AND length(%2) <> 10"_s.arg(mark, m_name));
        if (isSqlite)
            probe.kinds.push_back({ColumnRulesText::tr("numbers"), plain(u"typeof(%1) IN ('integer', 'real')"_s.arg(m_name))});
        probe.base = base(u"time-format"_s, ColumnRulesText::tr("Times in several forms in %1").arg(full()),
                          ColumnRulesText::tr("Texts are compared letter by letter: with two forms in one column, order and comparisons are wrong."));
        probe.repairs = [sql = m_sql, table = &m_table, column = &m_column, isUtc = m_is == u"utc-text"](std::size_t right) {
            constexpr std::size_t forms = 4; // kinds of texts with date and time, in the order of TimeForm
            return right < forms ? std::vector{timeRepair(sql, *table, *column, static_cast<TimeForm>(right), isUtc)} : std::vector<ProfileAction>();
        };
        m_probes.push_back(std::move(probe));
    }

    void addJson()
    {
        if (!isJson() || !m_sql.isSqlite())
            return; // PostgreSQL's json types are always valid; its texts are read by TextChecks
        add(base(u"json"_s, ColumnRulesText::tr("No JSON in %1").arg(full()), ColumnRulesText::tr("The application expects JSON here and fails to read the row."), FindingSeverity::Error),
            u"typeof(%1) = 'text' AND NOT json_valid(%1)"_s.arg(m_name));
    }

    void addValues()
    {
        if (!m_meaning)
            return;
        const bool isServerText = !m_sql.isSqlite() && !isTextColumn(m_column);
        if (m_is == u"boolean" && (m_sql.isSqlite() || isNumericColumn(m_column))) {
            add(base(u"enum"_s, ColumnRulesText::tr("Neither yes nor no in %1").arg(full()), ColumnRulesText::tr("The application knows 0 and 1 only.")),
                u"%1 IS NOT NULL AND %1 NOT IN (0, 1)"_s.arg(m_name));
            if (m_sql.isSqlite())
                m_probes.back().repairs = [table = &m_table, column = &m_column](std::size_t) { return std::vector{truthRepair(*table, *column)}; };
        }
        if (m_is != u"enum" || m_meaning->values.empty())
            return;
        QStringList words;
        for (const auto &[value, shown] : m_meaning->values)
            words.append(sqlLiteral(value));
        const QString text = isServerText ? m_name + u"::text"_s : m_sql.isSqlite() ? u"CAST(%1 AS TEXT)"_s.arg(m_name) : m_name;
        QStringList known;
        for (const auto &[value, shown] : m_meaning->values)
            known.append(value);
        add(base(u"enum"_s, ColumnRulesText::tr("Unknown values in %1").arg(full()), ColumnRulesText::tr("The application knows %1.").arg(known.join(u", "_s))),
            u"%1 IS NOT NULL AND %2 NOT IN (%3)"_s.arg(m_name, text, words.join(u", "_s)));
    }

    void addRange()
    {
        if (!m_meaning || (!m_sql.isSqlite() && !isNumericColumn(m_column)))
            return;
        std::optional<double> least = m_meaning->minimum;
        std::optional<double> most = m_meaning->maximum;
        if (m_is == u"score-1" || m_is == u"score-100") {
            least = least.value_or(0);
            most = most.value_or(m_is == u"score-1" ? 1 : 100);
        }
        if (!least && !most)
            return;
        QStringList outside;
        if (least)
            outside.append(u"%1 < %2"_s.arg(m_name, QString::number(*least, 'g', 17)));
        if (most)
            outside.append(u"%1 > %2"_s.arg(m_name, QString::number(*most, 'g', 17)));
        const QString number = m_sql.isSqlite() ? u"typeof(%1) IN ('integer', 'real') AND "_s.arg(m_name) : QString();
        const QString limits = least && most ? ColumnRulesText::tr("from %1 to %2").arg(*least).arg(*most)
                               : least       ? ColumnRulesText::tr("at least %1").arg(*least)
                                             : ColumnRulesText::tr("at most %1").arg(*most);
        add(base(u"range"_s, ColumnRulesText::tr("Values outside the range in %1").arg(full()), ColumnRulesText::tr("The application's values are %1.").arg(limits)),
            u"%1(%2)"_s.arg(number, outside.join(u" OR "_s)));
    }

    const CheckSql &m_sql;
    const CatalogTable &m_table;
    const CatalogColumn &m_column;
    const ColumnProfile *m_meaning;
    const QString m_name;
    const QString m_is;
    std::vector<ColumnProbe> m_probes;
};

/// The condition under which a rule is broken; empty if the engine cannot tell.
QString brokenRule(const CheckSql &sql, const CatalogTable &table, const QJsonObject &rule)
{
    const CatalogColumn *column = table.column(rule.value(u"column"_s).toString());
    if (!column)
        return {};
    const QString name = RowSql::column(u"t"_s, column->name);
    const bool isNumber = sql.isSqlite() || isNumericColumn(*column);
    QStringList broken;
    const auto number = [&](const QString &key, const QString &expression, const QString &comparison) {
        if (rule.contains(key))
            broken.append(u"%1 %2 %3"_s.arg(expression, comparison, QString::number(rule.value(key).toDouble(), 'g', 17)));
    };
    if (isNumber) {
        number(u"min"_s, name, u"<"_s);
        number(u"max"_s, name, u">"_s);
    }
    if (sql.isSqlite() || isTextColumn(*column)) {
        number(u"minLength"_s, u"length(%1)"_s.arg(name), u"<"_s);
        number(u"maxLength"_s, u"length(%1)"_s.arg(name), u">"_s);
    }
    const TableProfile *meaning = sql.meaning(table);
    for (const auto &[key, comparison] : {std::pair(u"notBefore"_s, u"<"_s), std::pair(u"differsFrom"_s, u"="_s), std::pair(u"sameAs"_s, u"<>"_s)}) {
        const CatalogColumn *other = table.column(rule.value(key).toString());
        if (!other)
            continue;
        const QString second = RowSql::column(u"t"_s, other->name);
        // Times may be written in two forms; julianday() reads them all.
        if (sql.isSqlite() && key == u"notBefore" && isTimeColumn(*column, meaning ? meaning->column(column->name) : nullptr))
            broken.append(u"julianday(%1) < julianday(%2)"_s.arg(name, second));
        else
            broken.append(u"%1 %2 %3"_s.arg(name, comparison, second));
    }
    if (rule.contains(u"values"_s)) {
        QStringList words;
        for (const QJsonValue &value : rule.value(u"values"_s).toArray())
            words.append(sqlLiteral(value.toVariant().toString()));
        broken.append(u"CAST(%1 AS %2) NOT IN (%3)"_s.arg(name, sql.isSqlite() ? u"TEXT"_s : u"VARCHAR"_s, words.join(u", "_s)));
    }
    if (broken.isEmpty())
        return {};
    const QString range = sql.isSqlite() && (rule.contains(u"min"_s) || rule.contains(u"max"_s)) ? u"typeof(%1) IN ('integer', 'real') AND "_s.arg(name) : QString();
    return u"%1%2 IS NOT NULL AND (%3)"_s.arg(range, name, broken.join(u" OR "_s));
}

} // namespace

bool isTimeColumn(const CatalogColumn &column, const ColumnProfile *meaning)
{
    if (meaning && !meaning->meaning.isEmpty())
        return meaning->meaning == u"utc-text" || meaning->meaning == u"zoned-time";
    const QString type = column.type.section(u'(', 0, 0).trimmed();
    return contains(type, {QLatin1String("DATETIME"), QLatin1String("TIMESTAMP")}) || type.compare(u"date"_s, Qt::CaseInsensitive) == 0;
}

bool isNumericColumn(const CatalogColumn &column)
{
    static const QStringList types{u"smallint"_s, u"integer"_s, u"bigint"_s, u"numeric"_s, u"real"_s, u"double precision"_s};
    return types.contains(column.type.section(u'(', 0, 0).trimmed().toLower());
}

bool isTextColumn(const CatalogColumn &column)
{
    static const QStringList types{u"text"_s, u"character varying"_s, u"character"_s, u"citext"_s};
    return types.contains(column.type.section(u'(', 0, 0).trimmed().toLower()) && column.enumLabels.isEmpty();
}

std::vector<ColumnProbe> columnProbes(const CheckSql &sql, const CatalogTable &table)
{
    std::vector<ColumnProbe> probes;
    const TableProfile *known = sql.meaning(table);
    for (const CatalogColumn &column : table.columns) {
        if (column.hidden)
            continue;
        ColumnProber prober(sql, table, column, known ? known->column(column.name) : nullptr);
        std::ranges::move(prober.probes(), std::back_inserter(probes));
    }
    return probes;
}

std::vector<ColumnProbe> ruleProbes(const CheckSql &sql, const CatalogTable &table)
{
    std::vector<ColumnProbe> probes;
    const TableProfile *known = sql.meaning(table);
    if (!known)
        return probes;
    for (const QJsonValue &entry : known->details.value(u"rules"_s).toArray()) {
        const QJsonObject rule = entry.toObject();
        const QString broken = brokenRule(sql, table, rule);
        if (broken.isEmpty())
            continue;
        const QString column = rule.value(u"column"_s).toString();
        const auto conditions = conditionsFromJson(rule.value(u"when"_s).toObject());
        const CheckSql::Where where = [sql, table = &table, broken, conditions](SqlValues &values) {
            const QString when = sql.rows().conditions(conditions, *table, u"t"_s, values, sql.nowUtc());
            return when.isEmpty() ? broken : u"(%1) AND %2"_s.arg(when, broken);
        };
        Finding base;
        base.check = u"rule:"_s + rule.value(u"name"_s).toString();
        base.title = ColumnRulesText::tr("Rows of %1 that break a rule").arg(known->title.isEmpty() ? table.name : known->title);
        base.explanation = rule.value(u"sentence"_s).toString();
        probes.push_back({CheckSql::at(table, column, base), ColumnProbe::Judge::AnyIsWrong, {{{}, where}}, RowSql::column(u"t"_s, column), -1, {}});
    }
    return probes;
}

std::vector<ColumnProbe> constraintProbes(const CheckSql &sql, const CatalogTable &table)
{
    std::vector<ColumnProbe> probes;
    if (!sql.isSqlite())
        return probes; // a server enforces them; those never validated are found by engineChecks()
    for (const CatalogCheck &check : table.checks) {
        Finding base;
        base.check = u"check-constraint"_s;
        base.title = ColumnRulesText::tr("Rows of %1 that its own CHECK forbids").arg(table.name);
        base.explanation = check.name.isEmpty() ? check.expression : u"%1: %2"_s.arg(check.name, check.expression);
        base.severity = FindingSeverity::Error;
        probes.push_back({CheckSql::at(table, {}, base), ColumnProbe::Judge::AnyIsWrong, {{{}, plain(u"NOT (%1)"_s.arg(check.expression))}}, {}, -1, {}});
    }
    return probes;
}

} // namespace turnstone
