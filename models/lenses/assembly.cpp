// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/lenses/assembly.h"

#include "models/lenses/library.h"

#include <QCoreApplication>
#include <QJsonArray>

#include <algorithm>
#include <set>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int mostParts = 2'000;
constexpr int mostUses = 200;
constexpr int mostGroups = 50;

QString translated(const char *text)
{
    return QCoreApplication::translate("Assembly", text);
}

using Mark = Assembly::Mark;

/// Fills the placeholders of a text by `value`; nothing from it leaves the placeholder, marked as missing.
void fill(Assembly::Part &part, const QRegularExpression &pattern, const std::function<std::optional<QString>(const QString &name)> &value)
{
    QString out;
    qsizetype from = 0;
    for (auto matches = pattern.globalMatch(part.text); matches.hasNext();) {
        const QRegularExpressionMatch match = matches.next();
        out += QStringView(part.text).mid(from, match.capturedStart() - from);
        const QString name = match.captured(1).trimmed();
        const std::optional<QString> found = value(name);
        const QString text = found.value_or(match.captured());
        part.marks.push_back({found ? Mark::Kind::Placeholder : Mark::Kind::Missing, out.size(), text.size(), name});
        out += text;
        from = match.capturedEnd();
    }
    out += QStringView(part.text).mid(from);
    part.text = out;
}

class Reader
{
public:
    Reader(const LensScope &scope, const Lens &lens, const RowKey &key) : m_scope(scope), m_lens(lens), m_key(key) {}

    Result<Assembly> read(const QString &group)
    {
        m_assembly.group = group;
        m_assembly.separator = m_lens.parts.value(u"separator"_s).toString();
        if (const Result<> read = readTitle(); !read)
            return failure(read);
        for (const auto step : {&Reader::readParts, &Reader::readPlaceholders, &Reader::readStages, &Reader::readUses}) {
            if (const Result<> read = (this->*step)(); !read)
                return failure(read);
        }
        return std::move(m_assembly);
    }

private:
    Result<> readTitle()
    {
        const CatalogTable *table = m_scope.sql.table(m_lens.table);
        if (table == nullptr)
            return failure(ErrorCode::NotFound, translated("There is no table %1.").arg(m_lens.table));
        const std::optional<FieldRef> text = lensField(m_lens.parts, m_lens.kind == u"library" ? u"text"_s : u"template"_s);
        const TableProfile *known = m_scope.profile.table(m_lens.table);
        const LabelTemplate label = known == nullptr ? LabelTemplate() : known->label;
        LensSelect select(m_scope, *table, u"r"_s);
        const int at = select.addField(text);
        const int title = select.addTemplate(label, *table, u"r"_s);
        const QString condition = identityCondition(m_scope, *table, u"r"_s, m_key, select.values());
        bool isThere = false;
        const Result<> read = m_scope.connection.forEachRow(select.statement(m_scope.sql.tableName(*table) + u" r WHERE "_s + condition), select.values().values(), [&](const RowBlock &block, int row) {
            isThere = true;
            m_assembly.title = title < 0 ? QString() : lensTitle(label, block, row, title);
            if (at >= 0)
                m_assembly.parts.push_back({m_assembly.title, lensText(block, row, at), {}});
            return false;
        });
        if (!read)
            return read;
        if (!isThere)
            return failure(ErrorCode::NotFound, translated("This record is not in the database any more."));
        return text && !m_assembly.parts.empty() ? markTemplate(*text, *known) : Result<>();
    }

    /// A template names other records (`@module`) and variables (`${name}`).
    Result<> markTemplate(const FieldRef &text, const TableProfile &table)
    {
        Assembly::Part &part = m_assembly.parts.front();
        const ColumnProfile *column = table.column(text.column);
        static const QRegularExpression variable(u"\\$\\{([^{}]+)\\}"_s);
        for (auto matches = variable.globalMatch(part.text); matches.hasNext();) {
            const QRegularExpressionMatch match = matches.next();
            part.marks.push_back({Mark::Kind::Variable, match.capturedStart(), match.capturedLength(), match.captured(1)});
        }
        std::vector<ColumnProfile::Mention> mentions = column == nullptr ? std::vector<ColumnProfile::Mention>() : column->mentions;
        std::set<QString> included;
        for (const ColumnProfile::Mention &mention : mentions) {
            const QRegularExpression pattern(mention.pattern);
            const Lens *library = findLibrary(mention.table);
            const QString body = part.text;
            for (auto matches = pattern.globalMatch(body); matches.hasNext();) {
                const QRegularExpressionMatch match = matches.next();
                const QString name = match.captured(1);
                const Result<std::optional<QString>> content = textOf(mention, library, name);
                if (!content)
                    return failure(content);
                m_assembly.parts.front().marks.push_back({*content ? Mark::Kind::Mention : Mark::Kind::Missing, match.capturedStart(), match.capturedLength(), name});
                if (*content && !(*content)->isEmpty() && included.insert(name).second)
                    m_assembly.parts.push_back({u'@' + name, **content, {}});
            }
        }
        return {};
    }

    const Lens *findLibrary(const QString &table) const
    {
        const auto found = std::ranges::find_if(m_scope.profile.lenses, [&](const Lens &lens) { return lens.kind == u"library" && lens.table == table; });
        return found == m_scope.profile.lenses.end() ? nullptr : &*found;
    }

    Result<std::optional<QString>> textOf(const ColumnProfile::Mention &mention, const Lens *library, const QString &name)
    {
        std::optional<QString> text;
        const CatalogTable *table = m_scope.sql.table(mention.table);
        if (table == nullptr)
            return text;
        LensSelect select(m_scope, *table, u"m"_s);
        const int at = select.addField(library == nullptr ? std::nullopt : lensField(library->parts, u"text"_s));
        const QString condition = m_scope.sql.equalValue(*table, u"m"_s, mention.column, Value::text(name), select.values());
        const Result<> read = m_scope.connection.forEachRow(select.statement(m_scope.sql.tableName(*table) + u" m WHERE "_s + condition), select.values().values(), [&](const RowBlock &block, int row) {
            text = lensText(block, row, at);
            return false;
        });
        return read ? Result<std::optional<QString>>(text) : failure(read);
    }

    Result<> readParts()
    {
        const QJsonObject parts = m_lens.parts.value(u"parts"_s).toObject();
        if (parts.isEmpty())
            return {};
        const LensSource source = LensSource::from(parts);
        const CatalogTable *table = m_scope.sql.table(source.table);
        const Result<std::map<QString, Value>> owner = readOwner(m_scope, m_lens.table, m_key, ownerColumns(source));
        if (!owner || table == nullptr)
            return owner ? Result<>() : failure(owner);
        LensSelect select(m_scope, *table, u"t0"_s);
        const int title = select.addField(lensField(parts, u"title"_s));
        const int text = select.addField(lensField(parts, u"text"_s));
        const Result<QString> from = fromSources(m_scope, {&source}, *owner, select.values());
        if (!from)
            return failure(from);
        return m_scope.connection.forEachRow(select.statement(*from) + u" LIMIT %1"_s.arg(mostParts), select.values().values(), [&](const RowBlock &block, int row) {
            m_assembly.parts.push_back({lensText(block, row, title), lensText(block, row, text), {}});
            return true;
        });
    }

    Result<> readPlaceholders()
    {
        const QJsonObject placeholders = m_lens.parts.value(u"placeholders"_s).toObject();
        const QRegularExpression pattern(placeholders.value(u"pattern"_s).toString());
        if (placeholders.isEmpty() || !pattern.isValid())
            return {};
        std::set<QString> names;
        for (const Assembly::Part &part : m_assembly.parts) {
            for (auto matches = pattern.globalMatch(part.text); matches.hasNext();)
                names.insert(matches.next().captured(1).trimmed());
        }
        if (names.empty())
            return {};
        std::map<QString, QString> values;
        if (const Result<> read = readValues(placeholders, names, values); !read)
            return read;
        for (Assembly::Part &part : m_assembly.parts) {
            fill(part, pattern, [&](const QString &name) {
                const auto found = values.find(name);
                return found == values.end() ? std::nullopt : std::optional(found->second);
            });
        }
        return {};
    }

    /// `names` of the lens is "table.column" of what a placeholder names; the value is the newest row of the source that belongs to it,
    /// within the chosen group.
    Result<> readValues(const QJsonObject &placeholders, const std::set<QString> &names, std::map<QString, QString> &values)
    {
        const QString reference = placeholders.value(u"names"_s).toString();
        const CatalogTable *named = m_scope.sql.table(reference.section(u'.', 0, 0));
        const QJsonObject valueParts = placeholders.value(u"value"_s).toObject();
        const LensSource source = LensSource::from(valueParts);
        const CatalogTable *table = m_scope.sql.table(source.table);
        const std::optional<FieldRef> text = lensField(valueParts, u"text"_s);
        if (named == nullptr || table == nullptr || !text || source.link.empty())
            return {};
        LensSelect select(m_scope, *table, u"v"_s);
        const int name = select.add(RowSql::column(u"n"_s, reference.section(u'.', 1)));
        const int content = select.addField(text);
        const int group = select.addField(lensField(valueParts, u"group"_s));
        QStringList on;
        for (const auto &[own, of] : source.link)
            on.append(m_scope.sql.equal(*table, u"v"_s, own, *named, u"n"_s, of));
        QStringList wanted;
        for (const QString &each : names)
            wanted.append(select.values().bind(Value::text(each)));
        QStringList order;
        for (const OrderColumn &column : source.order)
            order.append(RowSql::column(u"v"_s, column.column) + (column.descending ? u" DESC"_s : QString()));
        QString from = u"%1 v JOIN %2 n ON %3 WHERE n.%4 IN (%5)"_s.arg(m_scope.sql.tableName(*table), m_scope.sql.tableName(*named), on.join(u" AND "_s),
                                                                       Connection::quoted(reference.section(u'.', 1)), wanted.join(u", "_s));
        if (!order.isEmpty())
            from += u" ORDER BY "_s + order.join(u", "_s);
        return m_scope.connection.forEachRow(select.statement(from) + u" LIMIT 5000"_s, select.values().values(), [&](const RowBlock &block, int row) {
            const QString of = lensText(block, row, group);
            if (group >= 0 && !m_assembly.groups.contains(of) && m_assembly.groups.size() < mostGroups)
                m_assembly.groups.append(of);
            if (group >= 0 && m_assembly.group.isEmpty())
                m_assembly.group = of;
            if (group < 0 || of == m_assembly.group)
                values.try_emplace(lensText(block, row, name), lensText(block, row, content));
            return true;
        });
    }

    Result<> readStages()
    {
        const QJsonObject stages = m_lens.parts.value(u"stages"_s).toObject();
        const CatalogTable *table = stages.isEmpty() ? nullptr : m_scope.sql.table(stages.value(u"table"_s).toString());
        if (table == nullptr)
            return {};
        // Of the modules that the template names, those that run in each stage; all of them where it names none.
        std::set<QString> named;
        for (const Assembly::Part &part : m_assembly.parts) {
            for (const Mark &mark : part.marks) {
                if (mark.kind == Mark::Kind::Mention)
                    named.insert(mark.name);
            }
        }
        const TableProfile *known = m_scope.profile.table(table->name);
        const LabelTemplate label = known == nullptr ? LabelTemplate() : known->label;
        for (const QJsonValue &each : stages.value(u"list"_s).toArray()) {
            const QJsonObject stage = each.toObject();
            LensSelect select(m_scope, *table, u"r"_s);
            const int title = select.addTemplate(label, *table, u"r"_s);
            const QString where = m_scope.sql.conditions(conditionsFromJson(stage.value(u"where"_s).toObject()), *table, u"r"_s, select.values(), QDateTime::currentDateTimeUtc());
            const QString from = m_scope.sql.tableName(*table) + u" r"_s + (where.isEmpty() ? QString() : u" WHERE "_s + where);
            Assembly::Stage of{stage.value(u"title"_s).toString(), {}};
            const Result<> read = m_scope.connection.forEachRow(select.statement(from) + u" ORDER BY 1 LIMIT %1"_s.arg(mostParts), select.values().values(), [&](const RowBlock &block, int row) {
                const QString name = title < 0 ? QString() : lensTitle(label, block, row, title);
                if (named.empty() || named.contains(name) || std::ranges::any_of(named, [&](const QString &one) { return name.contains(one); }))
                    of.names.append(name);
                return true;
            });
            if (!read)
                return read;
            m_assembly.stages.push_back(std::move(of));
        }
        return {};
    }

    Result<> readUses()
    {
        for (const QJsonValue &each : m_lens.parts.value(u"usedIn"_s).toArray()) {
            const QJsonObject use = each.toObject();
            const LensSource source = LensSource::from(use);
            const CatalogTable *table = m_scope.sql.table(source.table);
            const LabelTemplate label = lensTemplate(use, u"title"_s);
            const Result<std::map<QString, Value>> owner = readOwner(m_scope, m_lens.table, m_key, ownerColumns(source));
            if (!owner || table == nullptr)
                return owner ? Result<>() : failure(owner);
            LensSelect select(m_scope, *table, u"t0"_s);
            const int keys = select.addIdentity();
            const int title = select.addTemplate(label, *table, u"t0"_s);
            const Result<QString> from = fromSources(m_scope, {&source}, *owner, select.values());
            if (!from)
                return failure(from);
            const Result<> read = m_scope.connection.forEachRow(select.statement(*from) + u" LIMIT %1"_s.arg(mostUses), select.values().values(), [&](const RowBlock &block, int row) {
                m_assembly.usedIn.push_back({source.table, title < 0 ? source.table : lensTitle(label, block, row, title), lensKey(block, row, 0, keys)});
                return true;
            });
            if (!read)
                return read;
        }
        if (m_lens.kind != u"library")
            return {};
        const Result<std::map<QString, std::vector<MentionUse>>> mentions = readMentions(m_scope, m_lens.table, m_key);
        if (!mentions)
            return failure(mentions);
        for (const auto &[name, uses] : *mentions) {
            for (const MentionUse &use : uses)
                m_assembly.usedIn.push_back({use.table, use.title, use.key});
        }
        return {};
    }

    const LensScope &m_scope;
    const Lens &m_lens;
    const RowKey &m_key;
    Assembly m_assembly;
};

} // namespace

QString Assembly::whole() const
{
    QStringList texts;
    for (const Part &part : parts)
        texts.append(part.text);
    return texts.join(separator.isEmpty() ? u"\n\n"_s : separator);
}

int Assembly::missing() const
{
    int count = 0;
    for (const Part &part : parts)
        count += static_cast<int>(std::ranges::count(part.marks, Mark::Kind::Missing, &Mark::kind));
    return count;
}

const Lens *assemblyLensFor(const ResolvedProfile &profile, const QString &table)
{
    const Lens *found = nullptr;
    for (const Lens &lens : profile.lenses) {
        if (lens.table == table && (lens.kind == u"assembly" || (lens.kind == u"library" && found == nullptr)))
            found = &lens;
    }
    return found;
}

Result<Assembly> readAssembly(const LensScope &scope, const Lens &lens, const RowKey &key, const QString &group)
{
    return Reader(scope, lens, key).read(group);
}

} // namespace turnstone
