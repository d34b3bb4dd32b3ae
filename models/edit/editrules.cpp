// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/edit/editrules.h"

#include "models/core/timestamp.h"
#include "models/edit/profilevalues.h"
#include "models/edit/valuetext.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonObject>
#include <QRegularExpression>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct EditRulesText
{
    Q_DECLARE_TR_FUNCTIONS(EditRules)
};

/// One thing that a CHECK says of one column.
struct ColumnCheck
{
    QString column;
    QStringList values; // the list, if it is one
    QString comparison; // else this and the number
    double number = 0;
};

QString unquotedName(QString name)
{
    if (name.startsWith(u'"'))
        name = name.mid(1).chopped(1).replace(u"\"\""_s, u"\""_s);
    return name;
}

/// Lists and comparisons with numbers that are joined by AND; nothing as soon as there is anything else.
std::vector<ColumnCheck> simpleChecks(const QString &expression)
{
    // PostgreSQL prints casts and brackets that say nothing here.
    static const QRegularExpression cast(u"::(?:\"?[a-z_][a-z0-9_ ]*\"?)(?:\\([0-9, ]+\\))?(?:\\[\\])?"_s, QRegularExpression::CaseInsensitiveOption);
    QString text = expression;
    text.remove(cast);
    static const QRegularExpression list(u"^\\(*\\s*(\"(?:[^\"]|\"\")+\"|[A-Za-z_]\\w*)\\s*\\)*\\s*(?:IN\\s*\\(|=\\s*ANY\\s*\\(+\\s*ARRAY\\s*\\[)(.*?)[\\])\\s]*$"_s,
                                         QRegularExpression::CaseInsensitiveOption | QRegularExpression::DotMatchesEverythingOption);
    static const QRegularExpression quoted(u"'((?:[^']|'')*)'"_s);
    static const QRegularExpression between(u"(\"(?:[^\"]|\"\")+\"|[A-Za-z_]\\w*)\\s+BETWEEN\\s+\\(?([-+]?[0-9.]+)\\)?\\s+AND\\s+\\(?([-+]?[0-9.]+)\\)?"_s, QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression compare(u"^[\\s(]*(\"(?:[^\"]|\"\")+\"|[A-Za-z_]\\w*)[\\s)]*(>=|<=|<|>)[\\s('\"]*([-+]?[0-9.]+)[\\s)'\"]*$"_s);
    if (const QRegularExpressionMatch found = list.match(text.trimmed()); found.hasMatch()) {
        QString left = found.captured(2);
        ColumnCheck check{unquotedName(found.captured(1)), {}, {}, 0};
        QRegularExpressionMatchIterator values = quoted.globalMatch(left);
        while (values.hasNext())
            check.values.append(values.next().captured(1).replace(u"''"_s, u"'"_s));
        left.remove(quoted);
        left.remove(u',');
        return left.trimmed().isEmpty() && !check.values.isEmpty() ? std::vector{check} : std::vector<ColumnCheck>();
    }
    text.replace(between, u"\\1 >= \\2 AND \\1 <= \\3"_s);
    std::vector<ColumnCheck> checks;
    for (const QString &part : text.split(QRegularExpression(u"\\bAND\\b"_s, QRegularExpression::CaseInsensitiveOption))) {
        const QRegularExpressionMatch found = compare.match(part);
        if (!found.hasMatch())
            return {};
        checks.push_back({unquotedName(found.captured(1)), {}, found.captured(2), found.captured(3).toDouble()});
    }
    return checks;
}

bool holds(const ColumnCheck &check, const Value &value)
{
    if (!check.values.isEmpty())
        return check.values.contains(value.toDisplayText());
    const std::optional<double> number = numberOf(value);
    if (!number)
        return true; // the type's matter
    return check.comparison == u">=" ? *number >= check.number : check.comparison == u"<=" ? *number <= check.number : check.comparison == u"<" ? *number < check.number : *number > check.number;
}

/// Before, same or after; numbers by their size, times by their moment, else nothing.
std::optional<int> compared(const Value &a, const Value &b)
{
    if (const auto left = numberOf(a), right = numberOf(b); left && right)
        return *left < *right ? -1 : *left > *right ? 1 : 0;
    if (a.type() != ValueType::Text || b.type() != ValueType::Text)
        return std::nullopt;
    const auto left = microsecondsUtc(a.bytes());
    const auto right = microsecondsUtc(b.bytes());
    if (!left || !right)
        return std::nullopt;
    return *left < *right ? -1 : *left > *right ? 1 : 0;
}

QString plainNumber(double number)
{
    return QString::number(number, 'g', 15);
}

} // namespace

std::vector<RuleBreach> EditRules::check(const std::map<QString, Value> &row, const QStringList &changed, const QDateTime &nowUtc) const
{
    std::vector<RuleBreach> breaches;
    for (const QString &name : changed) {
        const CatalogColumn *column = m_table.column(name);
        const auto value = row.find(name);
        if (column == nullptr || value == row.end())
            continue;
        checkDeclared(*column, value->second, breaches);
        if (value->second.isNull())
            continue;
        checkChecks(column->name, value->second, breaches);
        if (const ColumnProfile *known = m_profile ? m_profile->column(name) : nullptr)
            checkProfile(*known, value->second, breaches);
    }
    if (m_profile == nullptr)
        return breaches;
    for (const QJsonValue &each : m_profile->details.value(u"rules"_s).toArray()) {
        const QJsonObject rule = each.toObject();
        const std::vector<ProfileCondition> when = conditionsFromJson(rule.value(u"when"_s).toObject());
        QStringList about{rule.value(u"column"_s).toString(), rule.value(u"notBefore"_s).toString(), rule.value(u"differsFrom"_s).toString(), rule.value(u"sameAs"_s).toString()};
        for (const ProfileCondition &condition : when)
            about.append(condition.column);
        const bool concerns = std::ranges::any_of(about, [&](const QString &column) { return changed.contains(column); });
        if (concerns && meets(when, row, nowUtc))
            checkRule(rule, row, breaches);
    }
    // A range stands in the column's profile and as a named rule: the rule says it better.
    for (auto breach = breaches.begin(); breach != breaches.end();) {
        const bool isSaidTwice = breach->rule == u"range"
                                 && std::ranges::any_of(breaches, [&](const RuleBreach &other) { return other.column == breach->column && other.rule != u"range" && !other.isWarning; });
        breach = isSaidTwice ? breaches.erase(breach) : breach + 1;
    }
    return breaches;
}

void EditRules::checkDeclared(const CatalogColumn &column, const Value &value, std::vector<RuleBreach> &breaches) const
{
    const bool isRowid = m_table.engine == Engine::Sqlite && m_table.rowidAlias() == column.name;
    if (value.isNull()) {
        if ((column.notNull || (column.primaryKeyPosition > 0 && m_table.engine == Engine::PostgreSql)) && !isRowid)
            breaches.push_back({column.name, u"NOT NULL"_s, EditRulesText::tr("%1 must have a value: it cannot be NULL.").arg(column.name), false});
        return;
    }
    if (!column.enumLabels.isEmpty() && !column.enumLabels.contains(value.toDisplayText()))
        breaches.push_back({column.name, column.type, EditRulesText::tr("%1 is one of: %2.").arg(column.name, column.enumLabels.join(u", "_s)), false});
    static const QRegularExpression length(u"^(?:character varying|varchar|character)\\((\\d+)\\)$"_s, QRegularExpression::CaseInsensitiveOption);
    const QRegularExpressionMatch limited = length.match(column.type);
    if (limited.hasMatch() && value.type() == ValueType::Text) {
        const qsizetype characters = QString::fromUtf8(value.bytes()).toUcs4().size();
        const bool isEnforced = m_table.engine == Engine::PostgreSql;
        if (characters > limited.captured(1).toLongLong())
            breaches.push_back({column.name, column.type, EditRulesText::tr("%1 holds up to %2 characters; these are %3.").arg(column.name, limited.captured(1)).arg(characters), !isEnforced});
    }
}

void EditRules::checkChecks(const QString &column, const Value &value, std::vector<RuleBreach> &breaches) const
{
    for (const CatalogCheck &check : m_table.checks) {
        for (const ColumnCheck &simple : simpleChecks(check.expression)) {
            if (simple.column.compare(column, Qt::CaseInsensitive) != 0 || holds(simple, value))
                continue;
            const QString name = check.name.isEmpty() ? u"CHECK"_s : check.name;
            breaches.push_back({column, name,
                                simple.values.isEmpty() ? EditRulesText::tr("%1 must be %2 %3.").arg(column, simple.comparison, plainNumber(simple.number))
                                                        : EditRulesText::tr("%1 is one of: %2.").arg(column, simple.values.join(u", "_s)),
                                false});
        }
    }
}

void EditRules::checkProfile(const ColumnProfile &column, const Value &value, std::vector<RuleBreach> &breaches) const
{
    const QString text = value.toDisplayText();
    const std::optional<double> number = numberOf(value);
    if (number && ((column.minimum && *number < *column.minimum) || (column.maximum && *number > *column.maximum))) {
        const QString sentence = column.minimum && column.maximum ? EditRulesText::tr("%1 is between %2 and %3.").arg(column.name, plainNumber(*column.minimum), plainNumber(*column.maximum))
                                 : column.minimum                 ? EditRulesText::tr("%1 is at least %2.").arg(column.name, plainNumber(*column.minimum))
                                                                  : EditRulesText::tr("%1 is at most %2.").arg(column.name, plainNumber(*column.maximum));
        breaches.push_back({column.name, u"range"_s, sentence, false});
    }
    if (!column.values.empty() && std::ranges::find(column.values, text, &std::pair<QString, QString>::first) == column.values.end()) {
        QStringList known;
        for (const auto &[stored, words] : column.values)
            known.append(stored);
        breaches.push_back({column.name, u"values"_s, EditRulesText::tr("The application knows these values of %1 only: %2.").arg(column.name, known.join(u", "_s)), true});
    }
    if (column.dimension > 0 && value.type() == ValueType::Text && text.startsWith(u'[')) {
        const qsizetype count = text.count(u',') + 1;
        if (count != column.dimension)
            breaches.push_back({column.name, u"dimension"_s, EditRulesText::tr("A vector here has %1 numbers; these are %2.").arg(column.dimension).arg(count), false});
    }
}

void EditRules::checkRule(const QJsonObject &rule, const std::map<QString, Value> &row, std::vector<RuleBreach> &breaches) const
{
    const QString column = rule.value(u"column"_s).toString();
    const auto known = row.find(column);
    if (known == row.end() || known->second.isNull())
        return;
    const Value &value = known->second;
    const auto other = [&](const QString &key) -> const Value * {
        const auto found = row.find(rule.value(key).toString());
        return found == row.end() || found->second.isNull() ? nullptr : &found->second;
    };
    const QString text = value.toDisplayText();
    const qsizetype length = text.toUcs4().size();
    const std::optional<double> number = numberOf(value);
    bool isMet = true;
    if (rule.contains(u"min"_s))
        isMet = isMet && (!number || *number >= rule.value(u"min"_s).toDouble());
    if (rule.contains(u"max"_s))
        isMet = isMet && (!number || *number <= rule.value(u"max"_s).toDouble());
    if (rule.contains(u"minLength"_s))
        isMet = isMet && length >= rule.value(u"minLength"_s).toInteger();
    if (rule.contains(u"maxLength"_s))
        isMet = isMet && length <= rule.value(u"maxLength"_s).toInteger();
    if (rule.contains(u"pattern"_s))
        isMet = isMet && QRegularExpression(rule.value(u"pattern"_s).toString()).match(text).hasMatch();
    if (rule.contains(u"values"_s))
        isMet = isMet && std::ranges::any_of(rule.value(u"values"_s).toArray(), [&](const QJsonValue &each) { return each.toVariant().toString() == text; });
    if (const Value *start = other(u"notBefore"_s))
        isMet = isMet && compared(value, *start).value_or(0) >= 0;
    if (const Value *twin = other(u"differsFrom"_s))
        isMet = isMet && text != twin->toDisplayText();
    if (const Value *twin = other(u"sameAs"_s))
        isMet = isMet && text == twin->toDisplayText();
    if (!isMet)
        breaches.push_back({column, rule.value(u"name"_s).toString(), rule.value(u"sentence"_s).toString(), false});
}

std::vector<std::pair<QString, QString>> EditRules::choices(const QString &name) const
{
    const CatalogColumn *column = m_table.column(name);
    if (column == nullptr)
        return {};
    const ColumnProfile *known = m_profile ? m_profile->column(name) : nullptr;
    const auto worded = [&](const QStringList &values) {
        std::vector<std::pair<QString, QString>> all;
        for (const QString &value : values) {
            const auto words = known ? std::ranges::find(known->values, value, &std::pair<QString, QString>::first) : std::vector<std::pair<QString, QString>>::const_iterator();
            all.emplace_back(value, known && words != known->values.end() ? words->second : value);
        }
        return all;
    };
    if (!column->enumLabels.isEmpty())
        return worded(column->enumLabels);
    for (const CatalogCheck &check : m_table.checks) {
        for (const ColumnCheck &simple : simpleChecks(check.expression)) {
            if (!simple.values.isEmpty() && simple.column.compare(name, Qt::CaseInsensitive) == 0)
                return worded(simple.values);
        }
    }
    return known && known->meaning == u"enum" ? known->values : std::vector<std::pair<QString, QString>>();
}

std::optional<EditRules::Immutable> EditRules::immutable(const QString &column) const
{
    const QJsonObject rule = m_profile ? m_profile->details.value(u"immutable"_s).toObject() : QJsonObject();
    if (!rule.value(u"columns"_s).toArray().contains(QJsonValue(column)))
        return std::nullopt;
    return Immutable{rule.value(u"sentence"_s).toString(), rule.value(u"forkVia"_s).toString()};
}

} // namespace turnstone
