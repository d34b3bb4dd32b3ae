// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/profiles/profilewalker.h"

#include "models/database/connection.h"

#include <QCoreApplication>
#include <QRegularExpression>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("Profiles", text);
}

QString didYouMean(const QString &word, const QStringList &candidates)
{
    const QString near = nearestWord(word, candidates);
    return near.isEmpty() ? QString() : u' ' + tr("Did you mean \"%1\"?").arg(near);
}

QString at(const QString &path, const QString &key)
{
    return path.isEmpty() ? key : path + u'.' + key;
}

QString at(const QString &path, std::size_t index)
{
    return path + u'[' + QString::number(index) + u']';
}

bool isIdWord(const QString &text)
{
    static const QRegularExpression word(u"^[A-Za-z0-9_][A-Za-z0-9_-]*$"_s);
    return word.match(text).hasMatch();
}

bool isJsonMeaning(const QString &meaning)
{
    return meaning == u"json" || meaning == u"chat-messages" || meaning == u"openai-response";
}

} // namespace

QStringList VariantNames::tableNames() const
{
    QStringList all;
    for (const auto &[name, table] : tables)
        all.append(name);
    return all;
}

void ProfileWalker::problem(int offset, const QString &path, const QString &reason)
{
    m_problems.push_back({offset, path, reason});
}

bool ProfileWalker::expect(const JsonNode &node, JsonNode::Kind kind, const QString &path)
{
    if (node.kind == kind)
        return true;
    JsonNode wanted;
    wanted.kind = kind;
    problem(node.offset, path, tr("%1 is expected here, but this is %2.").arg(wanted.kindName(), node.kindName()));
    return false;
}

std::optional<QString> ProfileWalker::tableName(const QString &name, const JsonNode &node, const QString &path)
{
    const auto found = m_names.tables.find(name);
    if (found == m_names.tables.end()) {
        problem(node.offset, path, tr("There is no table \"%1\" in \"tables\".").arg(name) + didYouMean(name, m_names.tableNames()));
        return {};
    }
    if (!found->second.present)
        return {};
    return found->second.name;
}

std::optional<QString> ProfileWalker::columnName(const QString &table, const QString &column, const JsonNode &node, const QString &path)
{
    const auto found = m_names.tables.find(table);
    if (found == m_names.tables.end())
        return {}; // told where the table is named
    const VariantNames::Table &names = found->second;
    if (!names.meanings.contains(column)) {
        problem(node.offset, path, tr("The table \"%1\" has no column \"%2\".").arg(table, column) + didYouMean(column, names.order));
        return {};
    }
    const auto actual = names.columns.find(column);
    if (!names.present || actual == names.columns.end())
        return {};
    return actual->second;
}

std::optional<FieldRef> ProfileWalker::field(FieldRef ref, const Scope &scope, const JsonNode &node, const QString &path)
{
    QString table = scope.table;
    bool present = true;
    for (FieldRef::Hop &hop : ref.hops) {
        const std::optional<QString> column = columnName(table, hop.column, node, path);
        const std::optional<QString> target = tableName(hop.table, node, path);
        const auto names = m_names.tables.find(table);
        if (names != m_names.tables.end() && names->second.meanings.contains(hop.column)) {
            const auto reference = names->second.references.find(hop.column);
            if (reference == names->second.references.end() || reference->second.section(u'.', 0, 0) != hop.table)
                problem(node.offset, path, tr("The column \"%1.%2\" does not say that it references \"%3\".").arg(table, hop.column, hop.table));
        }
        present = present && column && target;
        table = hop.table;
        hop.column = column.value_or(QString());
        hop.table = target.value_or(QString());
    }
    const std::optional<QString> column = columnName(table, ref.column, node, path);
    const auto names = m_names.tables.find(table);
    if (!ref.jsonPath.isEmpty() && names != m_names.tables.end()) {
        const auto meaning = names->second.meanings.find(ref.column);
        if (meaning != names->second.meanings.end() && !isJsonMeaning(meaning->second))
            problem(node.offset, path, tr("\"%1.%2\" is not declared as JSON, so nothing can be inside it.").arg(table, ref.column));
    }
    if (!present || !column)
        return {};
    ref.column = *column;
    return ref;
}

std::optional<QJsonObject> ProfileWalker::object(const JsonNode &node, const Grammar &grammar, Scope scope, const QString &path, const JsonNode *siblings, const char *recordFrom)
{
    if (!expect(node, JsonNode::Kind::Object, path))
        return {};
    QJsonObject result;
    bool present = true;
    for (const JsonMember &member : node.members) {
        if (!grammar.key(member.key))
            problem(member.keyOffset, at(path, member.key), tr("%1 has no key \"%2\".").arg(QLatin1String(grammar.what), member.key) + didYouMean(member.key, grammar.names()));
    }
    if (const GrammarKey *key = grammar.key(u"table"_s); key && key->rule == GrammarRule::Table) {
        const JsonNode *table = node.member(u"table"_s);
        if (table && expect(*table, JsonNode::Kind::String, at(path, u"table"_s))) {
            const std::optional<QString> name = tableName(table->text, *table, at(path, u"table"_s));
            if (grammar.junction) {
                scope.owner = scope.table;
            } else {
                scope.record = scope.table;
                for (const QString &sibling : QString::fromLatin1(recordFrom ? recordFrom : "").split(u' ', Qt::SkipEmptyParts)) {
                    const JsonNode *other = siblings ? siblings->member(sibling) : nullptr;
                    const JsonNode *otherTable = other ? other->member(u"table"_s) : nullptr;
                    if (otherTable && otherTable->isString()) {
                        scope.record = otherTable->text;
                        break;
                    }
                }
            }
            scope.table = table->text;
            present = name.has_value();
            if (name)
                result.insert(u"table"_s, *name);
        }
    }
    if (&grammar != &treeGrammar() && grammar.key(u"via"_s) && !node.member(u"via"_s) && !node.member(u"link"_s))
        problem(node.offset, path, tr("%1 needs \"link\" or \"via\".").arg(QLatin1String(grammar.what)));
    if (const GrammarKey *key = grammar.key(u"references"_s); key && key->rule == GrammarRule::OtherTable) {
        if (const JsonNode *other = node.member(u"references"_s))
            scope.owner = other->text;
    }
    for (const GrammarKey &key : grammar.keys) {
        const QString name = QLatin1String(key.name);
        const JsonNode *child = node.member(name);
        if (!child) {
            if (key.required)
                problem(node.offset, path, tr("%1 needs the key \"%2\".").arg(QLatin1String(grammar.what), name));
            continue;
        }
        if (key.rule == GrammarRule::Table)
            continue;
        const std::optional<QJsonValue> resolved = value(*child, key, scope, at(path, name), node);
        if (resolved)
            result.insert(name, *resolved);
        else if (key.required || key.rule == GrammarRule::Conditions || key.rule == GrammarRule::Link || key.rule == GrammarRule::Sql || (key.rule == GrammarRule::Object && key.inner->junction))
            present = false; // without it the rest would mean something else
    }
    if (!present)
        return {};
    return result;
}

std::optional<QJsonValue> ProfileWalker::value(const JsonNode &node, const GrammarKey &key, const Scope &scope, const QString &path, const JsonNode &owner)
{
    using Kind = JsonNode::Kind;
    switch (key.rule) {
    case GrammarRule::Any: return node.toValue();
    case GrammarRule::Boolean: return expect(node, Kind::Boolean, path) ? std::optional(node.toValue()) : std::nullopt;
    case GrammarRule::Number: return expect(node, Kind::Number, path) ? std::optional(node.toValue()) : std::nullopt;
    case GrammarRule::Object: {
        const std::optional<QJsonObject> inner = object(node, *key.inner, scope, path, &owner, key.recordFrom);
        return inner ? std::optional<QJsonValue>(*inner) : std::nullopt;
    }
    case GrammarRule::List: return list(node, key, scope, path);
    case GrammarRule::TextList: {
        if (!expect(node, Kind::Array, path))
            return {};
        for (std::size_t i = 0; i < node.items.size(); ++i)
            expect(node.items[i], Kind::String, at(path, i));
        return node.toValue();
    }
    case GrammarRule::Columns: return columns(node, scope, path, false);
    case GrammarRule::Order: return columns(node, scope, path, true);
    case GrammarRule::Fields: return fields(node, scope, path);
    case GrammarRule::FieldMap: {
        if (!expect(node, Kind::Object, path))
            return {};
        QJsonObject map;
        for (const JsonMember &member : node.members) {
            static const GrammarKey fieldKey{"", GrammarRule::Field};
            if (const std::optional<QJsonValue> resolved = value(member.value, fieldKey, scope, at(path, member.key), node))
                map.insert(member.key, *resolved);
        }
        return map;
    }
    case GrammarRule::Link: return link(node, scope.table, scope.record, path);
    case GrammarRule::LinkToOwner: return link(node, scope.table, scope.owner, path);
    case GrammarRule::SelfLink: return link(node, scope.table, scope.table, path);
    case GrammarRule::Conditions: return conditions(node, scope, path);
    case GrammarRule::Set: return set(node, scope, path);
    case GrammarRule::Sql: return sql(node, path);
    default: break;
    }
    if (!expect(node, Kind::String, path))
        return {};
    switch (key.rule) {
    case GrammarRule::Word: {
        const QStringList words = QString::fromLatin1(key.words).split(u' ');
        if (words.contains(node.text))
            return node.text;
        problem(node.offset, path, tr("\"%1\" is none of: %2.").arg(node.text, words.join(u", "_s)) + didYouMean(node.text, words));
        return {};
    }
    case GrammarRule::Id:
        if (!isIdWord(node.text))
            problem(node.offset, path, tr("\"%1\" is no id: letters, digits, - and _ are allowed.").arg(node.text));
        return node.text;
    case GrammarRule::Pattern:
        if (const QRegularExpression expression(node.text); !expression.isValid())
            problem(node.offset, path, tr("This is no regular expression: %1.").arg(expression.errorString()));
        return node.text;
    case GrammarRule::Column: {
        const std::optional<QString> name = columnName(scope.table, node.text, node, path);
        return name ? std::optional<QJsonValue>(*name) : std::nullopt;
    }
    case GrammarRule::OtherTable: {
        const std::optional<QString> name = tableName(node.text, node, path);
        return name ? std::optional<QJsonValue>(*name) : std::nullopt;
    }
    case GrammarRule::Field: {
        Result<FieldRef> parsed = FieldRef::parse(node.text);
        if (!parsed) {
            problem(node.offset, path, parsed.error().message);
            return {};
        }
        const std::optional<FieldRef> resolved = field(*parsed, scope, node, path);
        return resolved ? std::optional<QJsonValue>(resolved->toString()) : std::nullopt;
    }
    case GrammarRule::Template: return labelTemplate(node, scope, path);
    case GrammarRule::Reference: return reference(node, path);
    default: return node.text;
    }
}

std::optional<QJsonValue> ProfileWalker::list(const JsonNode &node, const GrammarKey &key, const Scope &scope, const QString &path)
{
    if (!expect(node, JsonNode::Kind::Array, path))
        return {};
    QJsonArray array;
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        if (const std::optional<QJsonObject> entry = object(node.items[i], *key.inner, scope, at(path, i)))
            array.append(*entry);
    }
    if (array.isEmpty() && !node.items.empty())
        return {};
    return array;
}

std::optional<QJsonValue> ProfileWalker::columns(const JsonNode &node, const Scope &scope, const QString &path, bool signedNames)
{
    if (!expect(node, JsonNode::Kind::Array, path))
        return {};
    QJsonArray array;
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        if (!expect(node.items[i], JsonNode::Kind::String, at(path, i)))
            continue;
        const bool minus = signedNames && node.items[i].text.startsWith(u'-');
        if (const std::optional<QString> name = columnName(scope.table, minus ? node.items[i].text.mid(1) : node.items[i].text, node.items[i], at(path, i)))
            array.append(minus ? u'-' + *name : *name);
    }
    if (array.isEmpty() && !node.items.empty())
        return {};
    return array;
}

std::optional<QJsonValue> ProfileWalker::fields(const JsonNode &node, const Scope &scope, const QString &path)
{
    if (!expect(node, JsonNode::Kind::Array, path))
        return {};
    QJsonArray array;
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        static const GrammarKey fieldKey{"", GrammarRule::Field};
        if (const std::optional<QJsonValue> resolved = value(node.items[i], fieldKey, scope, at(path, i), node))
            array.append(*resolved);
    }
    if (array.isEmpty() && !node.items.empty())
        return {};
    return array;
}

std::optional<QJsonValue> ProfileWalker::labelTemplate(const JsonNode &node, const Scope &scope, const QString &path)
{
    const Result<LabelTemplate> parsed = LabelTemplate::parse(node.text);
    if (!parsed) {
        problem(node.offset, path, parsed.error().message);
        return {};
    }
    std::vector<LabelTemplate::Part> parts;
    for (const LabelTemplate::Part &part : parsed->parts()) {
        if (part.alternatives.empty()) {
            parts.push_back(part);
            continue;
        }
        LabelTemplate::Part resolved{{}, {}, part.maximumLength};
        for (const FieldRef &alternative : part.alternatives) {
            if (const std::optional<FieldRef> ref = field(alternative, scope, node, path))
                resolved.alternatives.push_back(*ref);
        }
        if (!resolved.alternatives.empty())
            parts.push_back(resolved);
    }
    return LabelTemplate(std::move(parts)).toString();
}

std::optional<QJsonValue> ProfileWalker::link(const JsonNode &node, const QString &from, const QString &to, const QString &path)
{
    if (!expect(node, JsonNode::Kind::Object, path))
        return {};
    if (node.members.empty()) {
        problem(node.offset, path, tr("A link needs at least one pair of columns."));
        return {};
    }
    QJsonObject resolved;
    bool present = true;
    for (const JsonMember &member : node.members) {
        if (!expect(member.value, JsonNode::Kind::String, at(path, member.key)))
            continue;
        JsonNode keyNode;
        keyNode.offset = member.keyOffset;
        const std::optional<QString> child = columnName(from, member.key, keyNode, at(path, member.key));
        const std::optional<QString> parent = columnName(to, member.value.text, member.value, at(path, member.key));
        present = present && child && parent;
        if (child && parent)
            resolved.insert(*child, *parent);
    }
    return present ? std::optional<QJsonValue>(resolved) : std::nullopt;
}

std::optional<QJsonValue> ProfileWalker::conditions(const JsonNode &node, const Scope &scope, const QString &path)
{
    if (!expect(node, JsonNode::Kind::Object, path))
        return {};
    static const QStringList tests{u"not"_s, u"<"_s, u"<="_s, u">"_s, u">="_s, u"like"_s, u"ignoreCase"_s, u"olderThan"_s, u"emptyText"_s};
    QJsonObject resolved;
    bool present = true;
    for (const JsonMember &member : node.members) {
        JsonNode keyNode;
        keyNode.offset = member.keyOffset;
        const std::optional<QString> column = columnName(scope.table, member.key, keyNode, at(path, member.key));
        if (member.value.isObject()) {
            for (const JsonMember &test : member.value.members) {
                if (!tests.contains(test.key))
                    problem(test.keyOffset, at(path, member.key), tr("\"%1\" is no comparison.").arg(test.key) + didYouMean(test.key, tests));
                else if (test.key == u"olderThan" && !secondsFromWords(test.value.text))
                    problem(test.value.offset, at(path, member.key), tr("\"%1\" is no length of time such as \"2 hours\".").arg(test.value.text));
            }
        }
        present = present && column;
        if (column)
            resolved.insert(*column, member.value.toValue());
    }
    return present ? std::optional<QJsonValue>(resolved) : std::nullopt;
}

std::optional<QJsonValue> ProfileWalker::set(const JsonNode &node, const Scope &scope, const QString &path)
{
    if (!expect(node, JsonNode::Kind::Object, path))
        return {};
    static const QStringList forms{u"now"_s, u"uuid"_s, u"parameter"_s, u"column"_s, u"sql"_s, u"suffix"_s};
    QJsonObject resolved;
    for (const JsonMember &member : node.members) {
        JsonNode keyNode;
        keyNode.offset = member.keyOffset;
        const QString place = at(path, member.key);
        const std::optional<QString> column = columnName(scope.table, member.key, keyNode, place);
        QJsonValue value = member.value.toValue();
        bool present = column.has_value();
        if (member.value.isObject()) {
            const JsonMember *form = member.value.members.size() == 1 ? &member.value.members.front() : nullptr;
            if (!form || !forms.contains(form->key)) {
                problem(member.value.offset, place, tr("A value is a literal or an object with one of: %1.").arg(forms.join(u", "_s)));
            } else if (form->key == u"column") {
                const std::optional<QString> other = columnName(scope.table, form->value.text, form->value, place);
                present = present && other;
                value = QJsonObject{{u"column"_s, other.value_or(QString())}};
            } else if (form->key == u"sql") {
                const std::optional<QJsonValue> text = sql(form->value, place);
                present = present && text;
                value = QJsonObject{{u"sql"_s, text.value_or(QJsonValue())}};
            }
        }
        if (present)
            resolved.insert(*column, value);
    }
    if (resolved.isEmpty() && !node.members.empty())
        return {};
    return resolved;
}

QString ProfileWalker::quotedTable(const QString &name) const
{
    return Connection::quoted(m_engine == Engine::PostgreSql ? m_schema : QString(), name);
}

std::optional<QJsonValue> ProfileWalker::sql(const JsonNode &node, const QString &path)
{
    if (node.isObject()) {
        std::optional<QJsonValue> chosen;
        for (const JsonMember &member : node.members) {
            if (member.key != u"sqlite" && member.key != u"postgresql") {
                problem(member.keyOffset, path, tr("\"%1\" is no engine; it is \"sqlite\" or \"postgresql\".").arg(member.key));
                continue;
            }
            const std::optional<QJsonValue> text = sql(member.value, at(path, member.key));
            if (member.key == (m_engine == Engine::Sqlite ? "sqlite"_L1 : "postgresql"_L1))
                chosen = text;
        }
        return chosen;
    }
    if (!expect(node, JsonNode::Kind::String, path))
        return {};
    QString out;
    bool present = true;
    for (qsizetype i = 0; i < node.text.size(); ++i) {
        const QChar c = node.text[i];
        if ((c == u'{' || c == u'}') && i + 1 < node.text.size() && node.text[i + 1] == c) {
            out += c;
            ++i;
            continue;
        }
        if (c == u'}') {
            problem(node.offset, path, tr("A closing brace has no opening one; a brace itself is written twice."));
            return {};
        }
        if (c != u'{') {
            out += c;
            continue;
        }
        const qsizetype end = node.text.indexOf(u'}', i);
        if (end < 0) {
            problem(node.offset, path, tr("The closing brace is missing."));
            return {};
        }
        const QString name = node.text.sliced(i + 1, end - i - 1);
        const QString table = name.section(u'.', 0, 0);
        const std::optional<QString> actualTable = tableName(table, node, path);
        if (!name.contains(u'.')) {
            out += quotedTable(actualTable.value_or(QString()));
            present = present && actualTable;
        } else {
            const std::optional<QString> column = columnName(table, name.section(u'.', 1), node, path);
            out += Connection::quoted(column.value_or(QString()));
            present = present && column;
        }
        i = end;
    }
    return present ? std::optional<QJsonValue>(out) : std::nullopt;
}

std::optional<QJsonValue> ProfileWalker::reference(const JsonNode &node, const QString &path)
{
    const QString table = node.text.section(u'.', 0, 0);
    const QString column = node.text.section(u'.', 1);
    if (column.isEmpty()) {
        problem(node.offset, path, tr("A table and a column are expected here, as in \"games.id\"."));
        return {};
    }
    const std::optional<QString> actualTable = tableName(table, node, path);
    const std::optional<QString> actualColumn = columnName(table, column, node, path);
    if (!actualTable || !actualColumn)
        return {};
    return QString(*actualTable + u'.' + *actualColumn);
}

void ProfileWalker::columnDetails(const QString &table, const JsonNode &node, ColumnProfile &column, const QString &path)
{
    static const QStringList keys{u"is"_s, u"title"_s, u"about"_s, u"values"_s, u"tones"_s, u"default"_s, u"references"_s, u"min"_s, u"max"_s, u"pattern"_s, u"dimension"_s, u"optional"_s, u"mentions"_s};
    Q_UNUSED(table)
    for (const JsonMember &member : node.members) {
        const QString place = at(path, member.key);
        const JsonNode &value = member.value;
        using Kind = JsonNode::Kind;
        if (!keys.contains(member.key)) {
            problem(member.keyOffset, place, tr("%1 has no key \"%2\".").arg(tr("a column"), member.key) + didYouMean(member.key, keys));
        } else if (member.key == u"is" && expect(value, Kind::String, place)) {
            column.meaning = value.text;
        } else if (member.key == u"title" && expect(value, Kind::String, place)) {
            column.title = value.text;
        } else if (member.key == u"about" && expect(value, Kind::String, place)) {
            column.about = value.text;
        } else if (member.key == u"values") {
            if (value.isObject()) {
                for (const JsonMember &entry : value.members)
                    column.values.emplace_back(entry.key, entry.value.text);
            } else if (expect(value, Kind::Array, place)) {
                for (const JsonNode &entry : value.items)
                    column.values.emplace_back(entry.text, entry.text);
            }
        } else if (member.key == u"tones" && expect(value, Kind::Object, place)) {
            static const QStringList tones{u"good"_s, u"bad"_s, u"warn"_s, u"neutral"_s};
            for (const JsonMember &entry : value.members) {
                if (!tones.contains(entry.value.text))
                    problem(entry.value.offset, at(place, entry.key), tr("\"%1\" is none of: %2.").arg(entry.value.text, tones.join(u", "_s)));
                column.tones.emplace_back(entry.key, entry.value.text);
            }
        } else if (member.key == u"default") {
            column.defaultValue = value.toValue();
        } else if (member.key == u"references" && expect(value, Kind::String, place)) {
            if (const std::optional<QJsonValue> target = reference(value, place)) {
                column.referencedTable = target->toString().section(u'.', 0, 0);
                column.referencedColumn = target->toString().section(u'.', 1);
            }
        } else if ((member.key == u"min" || member.key == u"max" || member.key == u"dimension") && expect(value, Kind::Number, place)) {
            const double number = value.text.toDouble();
            if (member.key == u"min")
                column.minimum = number;
            else if (member.key == u"max")
                column.maximum = number;
            else
                column.dimension = static_cast<int>(number);
        } else if (member.key == u"pattern" && expect(value, Kind::String, place)) {
            static const GrammarKey patternKey{"", GrammarRule::Pattern};
            (void)this->value(value, patternKey, {}, place, node);
            column.pattern = value.text;
        } else if (member.key == u"optional" && expect(value, Kind::Boolean, place)) {
            column.optional = value.boolean;
        } else if (member.key == u"mentions" && expect(value, Kind::Array, place)) {
            static const Grammar mention{"a mention", {{"pattern", GrammarRule::Pattern, true}, {"names", GrammarRule::Reference, true}, {"about", GrammarRule::Text}}};
            for (std::size_t i = 0; i < value.items.size(); ++i) {
                if (const std::optional<QJsonObject> entry = object(value.items[i], mention, {}, at(place, i))) {
                    const QString names = entry->value(u"names"_s).toString();
                    column.mentions.push_back({entry->value(u"pattern"_s).toString(), names.section(u'.', 0, 0), names.section(u'.', 1)});
                }
            }
        }
    }
}

void ProfileWalker::walkColumn(const QString &table, const JsonMember &member, TableProfile &out, const QString &path)
{
    ColumnProfile column;
    const JsonNode &node = member.value;
    if (node.isString())
        column.meaning = node.text;
    else if (expect(node, JsonNode::Kind::Object, path))
        columnDetails(table, node, column, path);
    if (!columnMeanings().contains(column.meaning) && !column.meaning.startsWith(u"code:"))
        problem(node.offset, path, tr("\"%1\" is no meaning of a column.").arg(column.meaning) + didYouMean(column.meaning, columnMeanings()));
    const VariantNames::Table &names = m_names.tables.at(table);
    const auto actual = names.columns.find(member.key);
    if (actual == names.columns.end())
        return;
    column.name = actual->second;
    out.columns.push_back(std::move(column));
}

void ProfileWalker::walkTables(const JsonNode &tables, ResolvedProfile &profile)
{
    if (!expect(tables, JsonNode::Kind::Object, u"tables"_s))
        return;
    for (const JsonMember &member : tables.members) {
        const QString path = at(u"tables"_s, member.key);
        const JsonNode &node = member.value;
        if (!expect(node, JsonNode::Kind::Object, path))
            continue;
        TableProfile table;
        table.bodyName = member.key;
        const VariantNames::Table &names = m_names.tables.at(member.key);
        table.name = names.name;
        const std::optional<QJsonObject> details = object(node, tableDetailsGrammar(), {member.key, {}, {}}, path);
        const JsonNode *columns = node.member(u"columns"_s);
        if (!columns)
            problem(node.offset, path, tr("%1 needs the key \"%2\".").arg(tr("a table"), u"columns"_s));
        else if (expect(*columns, JsonNode::Kind::Object, at(path, u"columns"_s))) {
            for (const JsonMember &column : columns->members)
                walkColumn(member.key, column, table, at(at(path, u"columns"_s), column.key));
        }
        if (!names.present || !details)
            continue;
        table.title = details->value(u"title"_s).toString(table.name);
        table.singular = details->value(u"singular"_s).toString(table.title);
        table.about = details->value(u"about"_s).toString();
        table.optional = details->value(u"optional"_s).toBool();
        table.label = LabelTemplate::parse(details->value(u"label"_s).toString()).value_or(LabelTemplate());
        for (const QJsonValue &badge : details->value(u"badges"_s).toArray()) {
            if (const Result<FieldRef> ref = FieldRef::parse(badge.toString()))
                table.badges.push_back(*ref);
        }
        for (const QJsonValue &column : details->value(u"key"_s).toArray())
            table.key.append(column.toString());
        for (const QString &key : {u"rules"_s, u"immutable"_s, u"ordered"_s, u"together"_s, u"deactivate"_s, u"onDelete"_s}) {
            if (details->contains(key))
                table.details.insert(key, details->value(key));
        }
        profile.tables.push_back(std::move(table));
    }
}

void ProfileWalker::checkGroup(const JsonNode &node, bool root, const QString &path)
{
    if (!node.isObject())
        return;
    const bool linked = node.member(u"link"_s) || node.member(u"via"_s);
    if (!root && !linked)
        problem(node.offset, path, tr("A group below another needs \"link\" or \"via\"."));
    if (root && linked)
        problem(node.offset, path, tr("The top of a tree has no \"link\" and no \"via\"."));
    if (node.member(u"link"_s) && node.member(u"via"_s))
        problem(node.offset, path, tr("A group has either \"link\" or \"via\"."));
    const JsonNode *children = node.member(u"children"_s);
    QStringList ids;
    for (std::size_t i = 0; children && i < children->items.size(); ++i) {
        const QString place = at(at(path, u"children"_s), i);
        checkGroup(children->items[i], false, place);
        const JsonNode *id = children->items[i].member(u"id"_s);
        if (id && ids.contains(id->text))
            problem(id->offset, place, tr("The id \"%1\" is used twice here.").arg(id->text));
        if (id)
            ids.append(id->text);
    }
}

TreeGroup ProfileWalker::treeGroup(const QJsonObject &object, const ResolvedProfile &profile) const
{
    TreeGroup group;
    group.id = object.value(u"id"_s).toString();
    group.table = object.value(u"table"_s).toString();
    const TableProfile *table = profile.table(group.table);
    group.title = object.value(u"title"_s).toString(table ? table->title : group.table);
    group.link = linkFromJson(object.value(u"link"_s).toObject());
    if (object.contains(u"via"_s)) {
        const QJsonObject via = object.value(u"via"_s).toObject();
        group.via = TreeGroup::Via{via.value(u"table"_s).toString(), linkFromJson(via.value(u"link"_s).toObject()), linkFromJson(via.value(u"to"_s).toObject()),
                                   orderFromJson(via.value(u"order"_s).toArray())};
    }
    group.selfLink = linkFromJson(object.value(u"selfLink"_s).toObject());
    group.selfId = object.value(u"selfId"_s).toString(group.id);
    group.where = conditionsFromJson(object.value(u"where"_s).toObject());
    group.order = orderFromJson(object.value(u"order"_s).toArray());
    group.label = LabelTemplate::parse(object.value(u"label"_s).toString()).value_or(LabelTemplate());
    if (group.label.isEmpty() && table)
        group.label = table->label;
    for (const QJsonValue &badge : object.value(u"badges"_s).toArray()) {
        if (const Result<FieldRef> ref = FieldRef::parse(badge.toString()))
            group.badges.push_back(*ref);
    }
    if (!object.contains(u"badges"_s) && table)
        group.badges = table->badges;
    for (const QJsonValue &column : object.value(u"key"_s).toArray())
        group.key.append(column.toString());
    group.counted = object.value(u"count"_s).toBool(true);
    group.fold = object.value(u"fold"_s).toString();
    for (const QJsonValue &child : object.value(u"children"_s).toArray())
        group.children.push_back(treeGroup(child.toObject(), profile));
    return group;
}

void ProfileWalker::walkTrees(const JsonNode &trees, ResolvedProfile &profile)
{
    if (!expect(trees, JsonNode::Kind::Array, u"trees"_s))
        return;
    for (std::size_t i = 0; i < trees.items.size(); ++i) {
        const QString path = at(u"trees"_s, i);
        checkGroup(trees.items[i], true, path);
        if (const std::optional<QJsonObject> tree = object(trees.items[i], treeGrammar(), {}, path))
            profile.trees.push_back(treeGroup(*tree, profile));
    }
}

template<typename Handler>
void ProfileWalker::forEachEntry(const JsonNode &body, const QString &name, Handler &&handler)
{
    const JsonNode *entries = body.member(name);
    if (!entries || !expect(*entries, JsonNode::Kind::Array, name))
        return;
    for (std::size_t i = 0; i < entries->items.size(); ++i) {
        if (expect(entries->items[i], JsonNode::Kind::Object, at(name, i)))
            handler(entries->items[i], at(name, i));
    }
}

void ProfileWalker::walkEntries(const JsonNode &body, ResolvedProfile &profile)
{
    const auto text = [](const QJsonObject &entry, const QString &key) { return entry.value(key).toString(); };
    forEachEntry(body, u"lenses"_s, [&](const JsonNode &node, const QString &path) {
        const JsonNode *kind = node.member(u"kind"_s);
        const Grammar *grammar = kind ? lensGrammar(kind->text) : nullptr;
        if (!grammar) {
            const QString word = kind ? kind->text : QString();
            problem(kind ? kind->offset : node.offset, at(path, u"kind"_s), tr("\"%1\" is no kind of lens.").arg(word) + didYouMean(word, lensKinds()));
            return;
        }
        const auto complete = [&](auto &&has) {
            if (kind->text == u"leaderboard")
                return has(u"sql"_s) || (has(u"contest"_s) && has(u"players"_s));
            return kind->text != u"assembly" || has(u"parts"_s) || has(u"template"_s);
        };
        if (!complete([&](const QString &key) { return node.member(key) != nullptr; }))
            problem(node.offset, path, kind->text == u"assembly" ? tr("An assembly needs \"parts\" or \"template\".") : tr("A leaderboard needs \"contest\" and \"players\", or \"sql\"."));
        const std::optional<QJsonObject> lens = object(node, *grammar, {}, path);
        if (lens && complete([&](const QString &key) { return lens->contains(key); }))
            profile.lenses.push_back({kind->text, text(*lens, u"id"_s), text(*lens, u"title"_s), text(*lens, u"table"_s), *lens});
    });
    forEachEntry(body, u"actions"_s, [&](const JsonNode &node, const QString &path) {
        if (!node.member(u"set"_s) && !node.member(u"steps"_s))
            problem(node.offset, path, tr("An action needs \"set\" or \"steps\"."));
        if (const JsonNode *rows = node.member(u"rows"_s); rows && rows->text == u"where" && !node.member(u"where"_s))
            problem(rows->offset, path, tr("With \"rows\": \"where\" an action needs \"where\"."));
        if (const std::optional<QJsonObject> action = object(node, actionGrammar(), {}, path))
            profile.actions.push_back({text(*action, u"id"_s), text(*action, u"title"_s), text(*action, u"about"_s), text(*action, u"table"_s), text(*action, u"rows"_s), *action});
    });
    forEachEntry(body, u"checks"_s, [&](const JsonNode &node, const QString &path) {
        if (const std::optional<QJsonObject> check = object(node, checkGrammar(), {}, path))
            profile.checks.push_back({text(*check, u"id"_s), text(*check, u"title"_s), text(*check, u"about"_s), text(*check, u"kind"_s), text(*check, u"table"_s),
                                      check->value(u"severity"_s).toString(u"warning"_s), text(*check, u"fix"_s), *check});
    });
    forEachEntry(body, u"queries"_s, [&](const JsonNode &node, const QString &path) {
        if (const std::optional<QJsonObject> query = object(node, queryGrammar(), {}, path))
            profile.queries.push_back({text(*query, u"id"_s), text(*query, u"title"_s), text(*query, u"about"_s), text(*query, u"sql"_s), query->value(u"parameters"_s).toArray()});
    });
    forEachEntry(body, u"prices"_s, [&](const JsonNode &node, const QString &path) {
        static const Grammar grammar{"a price", {{"model", GrammarRule::Text, true}, {"from", GrammarRule::Text, true}, {"input", GrammarRule::Number, true}, {"output", GrammarRule::Number, true}}};
        if (const std::optional<QJsonObject> price = object(node, grammar, {}, path))
            profile.prices.push_back({text(*price, u"model"_s), text(*price, u"from"_s), price->value(u"input"_s).toDouble(), price->value(u"output"_s).toDouble()});
    });
    if (const JsonNode *migrations = body.member(u"migrations"_s)) {
        static const Grammar level{"a level", {{"revision", GrammarRule::Text, true}, {"when", GrammarRule::Any, true}}};
        static const Grammar tracking{"a tracking table", {{"table", GrammarRule::Text, true}, {"column", GrammarRule::Text, true}, {"example", GrammarRule::Text}}};
        static const Grammar grammar{"migrations", {{"about", GrammarRule::Text}, {"tracking", GrammarRule::Any}, {"levels", GrammarRule::List, false, &level}}};
        if (const JsonNode *table = migrations->member(u"tracking"_s); table && table->isObject()) {
            for (const GrammarKey &key : tracking.keys) {
                if (key.required && !table->member(QLatin1String(key.name)))
                    problem(table->offset, u"migrations.tracking"_s, tr("%1 needs the key \"%2\".").arg(QLatin1String(tracking.what), QLatin1String(key.name)));
            }
        }
        profile.migrations = object(*migrations, grammar, {}, u"migrations"_s).value_or(QJsonObject());
    }
    if (const JsonNode *sqlite = body.member(u"sqlite"_s)) {
        static const Grammar grammar{"sqlite", {{"about", GrammarRule::Text}, {"foreignKeys", GrammarRule::Boolean, true}}};
        const QJsonObject manner = object(*sqlite, grammar, {}, u"sqlite"_s).value_or(QJsonObject());
        profile.enforcesForeignKeys = manner.value(u"foreignKeys"_s).toBool(true);
    }
}

void ProfileWalker::walk(const JsonNode &body, ResolvedProfile &profile)
{
    if (const JsonNode *tables = body.member(u"tables"_s))
        walkTables(*tables, profile);
    if (const JsonNode *trees = body.member(u"trees"_s))
        walkTrees(*trees, profile);
    walkEntries(body, profile);
    for (const ProfileCheck &check : profile.checks) {
        if (!check.fix.isEmpty() && body.member(u"actions"_s)) {
            bool known = false;
            for (const JsonNode &action : body.member(u"actions"_s)->items) {
                const JsonNode *id = action.member(u"id"_s);
                known = known || (id && id->text == check.fix);
            }
            if (!known)
                problem(body.offset, u"checks"_s, tr("The check \"%1\" names an action \"%2\" that does not exist.").arg(check.id, check.fix));
        }
    }
}

} // namespace turnstone
