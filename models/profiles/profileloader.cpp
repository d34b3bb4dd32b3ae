// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/profiles/profileloader.h"

#include "models/profiles/profilegrammar.h"
#include "models/profiles/profilewalker.h"
#include "models/profiles/variantbody.h"

#include <QCoreApplication>
#include <QFile>

#include <algorithm>
#include <set>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 maximumSize = 4 * 1024 * 1024;

QString tr(const char *text)
{
    return QCoreApplication::translate("Profiles", text);
}

/// Reads the head of a profile: everything but the body.
class HeadReader
{
public:
    explicit HeadReader(std::vector<WalkProblem> &problems) : m_problems(problems) {}

    void problem(int offset, const QString &path, const QString &reason) { m_problems.push_back({offset, path, reason}); }

    bool isKind(const JsonNode &node, JsonNode::Kind kind, const QString &path)
    {
        if (node.kind == kind)
            return true;
        JsonNode wanted;
        wanted.kind = kind;
        problem(node.offset, path, tr("%1 is expected here, but this is %2.").arg(wanted.kindName(), node.kindName()));
        return false;
    }

    void knownKeys(const JsonNode &node, const QStringList &keys, const QString &path)
    {
        for (const JsonMember &member : node.members) {
            if (keys.contains(member.key))
                continue;
            const QString near = nearestWord(member.key, keys);
            problem(member.keyOffset, path.isEmpty() ? member.key : path + u'.' + member.key,
                    tr("The key \"%1\" is unknown here.").arg(member.key) + (near.isEmpty() ? QString() : u' ' + tr("Did you mean \"%1\"?").arg(near)));
        }
    }

    QString text(const JsonNode &node, const QString &key, const QString &path, bool required)
    {
        const JsonNode *value = node.member(key);
        if (!value) {
            if (required)
                problem(node.offset, path, tr("The key \"%1\" is missing.").arg(key));
            return {};
        }
        return isKind(*value, JsonNode::Kind::String, path.isEmpty() ? key : path + u'.' + key) ? value->text : QString();
    }

    QStringList texts(const JsonNode &node, const QString &key, const QString &path)
    {
        QStringList list;
        const JsonNode *value = node.member(key);
        if (!value || !isKind(*value, JsonNode::Kind::Array, path + u'.' + key))
            return list;
        for (const JsonNode &item : value->items) {
            if (isKind(item, JsonNode::Kind::String, path + u'.' + key))
                list.append(item.text);
        }
        return list;
    }

    RecogniseRule recognise(const JsonNode &node, const QString &path)
    {
        RecogniseRule rule;
        if (!isKind(node, JsonNode::Kind::Object, path))
            return rule;
        knownKeys(node, {u"must"_s, u"atLeast"_s, u"of"_s, u"votes"_s, u"incomplete"_s, u"about"_s}, path);
        rule.must = texts(node, u"must"_s, path);
        rule.of = texts(node, u"of"_s, path);
        rule.votes = texts(node, u"votes"_s, path);
        rule.incomplete = texts(node, u"incomplete"_s, path);
        rule.atLeast = static_cast<int>(rule.of.size());
        if (const JsonNode *atLeast = node.member(u"atLeast"_s); atLeast && isKind(*atLeast, JsonNode::Kind::Number, path + u".atLeast"_s)) {
            rule.atLeast = atLeast->text.toInt();
            if (rule.atLeast < 1 || rule.atLeast > rule.of.size())
                problem(atLeast->offset, path + u".atLeast"_s, tr("\"atLeast\" must be between 1 and the length of \"of\"."));
        }
        if (rule.must.isEmpty() && rule.of.isEmpty())
            problem(node.offset, path, tr("Nothing has to be there: \"must\" or \"of\" is missing."));
        return rule;
    }

    CatalogCondition condition(const JsonNode &node, const QString &path)
    {
        CatalogCondition condition;
        if (!isKind(node, JsonNode::Kind::Object, path))
            return condition;
        knownKeys(node, {u"has"_s, u"hasNot"_s, u"type"_s, u"enums"_s, u"hasNotEnums"_s, u"notNull"_s, u"nullable"_s, u"constraints"_s, u"cascades"_s, u"any"_s, u"about"_s}, path);
        condition.has = texts(node, u"has"_s, path);
        condition.hasNot = texts(node, u"hasNot"_s, path);
        condition.enums = texts(node, u"enums"_s, path);
        condition.hasNotEnums = texts(node, u"hasNotEnums"_s, path);
        condition.notNull = texts(node, u"notNull"_s, path);
        condition.nullable = texts(node, u"nullable"_s, path);
        condition.constraints = texts(node, u"constraints"_s, path);
        condition.cascades = texts(node, u"cascades"_s, path);
        if (const JsonNode *types = node.member(u"type"_s); types && isKind(*types, JsonNode::Kind::Object, path + u".type"_s)) {
            for (const JsonMember &member : types->members) {
                if (isKind(member.value, JsonNode::Kind::String, path + u".type."_s + member.key))
                    condition.types.emplace_back(member.key, member.value.text);
            }
        }
        if (const JsonNode *any = node.member(u"any"_s); any && isKind(*any, JsonNode::Kind::Array, path + u".any"_s)) {
            for (std::size_t i = 0; i < any->items.size(); ++i)
                condition.any.push_back(this->condition(any->items[i], path + u".any[%1]"_s.arg(i)));
        }
        return condition;
    }

    ProfileVariant variant(const JsonNode &node, const QString &path, const RecogniseRule &common)
    {
        ProfileVariant variant;
        if (!isKind(node, JsonNode::Kind::Object, path))
            return variant;
        knownKeys(node, QStringList{u"id"_s, u"title"_s, u"about"_s, u"when"_s, u"recognise"_s, u"schema"_s, u"rename"_s, u"without"_s, u"extends"_s, u"standalone"_s} + bodyKeys(), path);
        variant.id = text(node, u"id"_s, path, true);
        variant.title = text(node, u"title"_s, path, true);
        variant.about = text(node, u"about"_s, path, false);
        if (const JsonNode *when = node.member(u"when"_s))
            variant.when = condition(*when, path + u".when"_s);
        variant.recognise = common;
        if (const JsonNode *own = node.member(u"recognise"_s))
            variant.recognise = recognise(*own, path + u".recognise"_s);
        if (const JsonNode *schema = node.member(u"schema"_s); schema && isKind(*schema, JsonNode::Kind::Object, path + u".schema"_s)) {
            knownKeys(*schema, {u"sqlite"_s, u"postgresql"_s}, path + u".schema"_s);
            variant.sqliteSchema = text(*schema, u"sqlite"_s, path + u".schema"_s, false);
            variant.postgresqlSchema = text(*schema, u"postgresql"_s, path + u".schema"_s, false);
        }
        (void)texts(node, u"without"_s, path);
        if (const JsonNode *rename = node.member(u"rename"_s); rename && isKind(*rename, JsonNode::Kind::Object, path + u".rename"_s)) {
            for (const JsonMember &member : rename->members)
                isKind(member.value, JsonNode::Kind::String, path + u".rename."_s + member.key);
        }
        return variant;
    }

private:
    std::vector<WalkProblem> &m_problems;
};

void checkUniqueIds(const JsonNode &layer, const QString &path, std::vector<WalkProblem> &problems)
{
    for (const QString &key : bodyKeys()) {
        const JsonNode *list = layer.member(key);
        if (!list || !list->isArray())
            continue;
        std::set<QString> seen;
        for (const JsonNode &item : list->items) {
            const JsonNode *id = item.member(u"id"_s);
            if (id && id->isString() && !seen.insert(id->text).second)
                problems.push_back({id->offset, path + key, tr("The id \"%1\" is used twice here.").arg(id->text)});
        }
    }
}

std::vector<ProfileProblem> located(const std::vector<WalkProblem> &found, const QByteArray &text, const QString &source)
{
    std::vector<ProfileProblem> problems;
    std::set<std::pair<int, QString>> seen;
    for (const WalkProblem &problem : found) {
        if (!seen.emplace(problem.offset, problem.reason).second)
            continue;
        const TextPosition position = positionAt(text, problem.offset);
        problems.push_back({source, position.line, position.column, problem.path, problem.reason.left(1).toUpper() + problem.reason.mid(1)});
    }
    std::stable_sort(problems.begin(), problems.end(), [](const ProfileProblem &a, const ProfileProblem &b) { return std::pair(a.line, a.column) < std::pair(b.line, b.column); });
    return problems;
}

} // namespace

ProfileLoader::Loaded ProfileLoader::load(const QByteArray &text, const QString &source, Checks checks)
{
    auto document = std::make_shared<JsonNode>();
    JsonParseProblem parseProblem;
    if (!parsePositionedJson(text, *document, parseProblem))
        return tl::unexpected(located({{parseProblem.offset, {}, parseProblem.reason}}, text, source));

    std::vector<WalkProblem> found;
    HeadReader reader(found);
    if (!reader.isKind(*document, JsonNode::Kind::Object, {}))
        return tl::unexpected(located(found, text, source));

    Profile profile;
    profile.m_source = source;
    reader.knownKeys(*document, QStringList{u"$schema"_s, u"format"_s, u"id"_s, u"title"_s, u"about"_s, u"default"_s, u"recognise"_s, u"variants"_s} + bodyKeys(), {});
    const QString format = reader.text(*document, u"format"_s, {}, true);
    if (!format.isEmpty() && format != u"turnstone-profile/1")
        reader.problem(document->member(u"format"_s)->offset, u"format"_s, tr("The format is \"%1\"; this program reads \"turnstone-profile/1\".").arg(format));
    profile.m_id = reader.text(*document, u"id"_s, {}, true);
    profile.m_title = reader.text(*document, u"title"_s, {}, true);
    profile.m_about = reader.text(*document, u"about"_s, {}, false);
    profile.m_default = reader.text(*document, u"default"_s, {}, false);
    RecogniseRule common;
    if (const JsonNode *recognise = document->member(u"recognise"_s))
        common = reader.recognise(*recognise, u"recognise"_s);
    else
        reader.problem(document->offset, {}, tr("The key \"%1\" is missing.").arg(u"recognise"_s));
    if (!document->member(u"tables"_s))
        reader.problem(document->offset, {}, tr("The key \"%1\" is missing.").arg(u"tables"_s));

    checkUniqueIds(*document, {}, found);
    QStringList ids;
    const JsonNode *variants = document->member(u"variants"_s);
    if (variants && reader.isKind(*variants, JsonNode::Kind::Array, u"variants"_s)) {
        for (std::size_t i = 0; i < variants->items.size(); ++i) {
            const QString path = u"variants[%1]"_s.arg(i);
            profile.m_variants.push_back(reader.variant(variants->items[i], path, common));
            checkUniqueIds(variants->items[i], path + u'.', found);
            const QString id = profile.m_variants.back().id;
            if (ids.contains(id))
                reader.problem(variants->items[i].offset, path, tr("The id \"%1\" is used twice here.").arg(id));
            ids.append(id);
        }
        for (std::size_t i = 0; i < variants->items.size(); ++i) {
            const JsonNode *extends = variants->items[i].member(u"extends"_s);
            if (extends && (!ids.contains(extends->text) || extends->text == ids[static_cast<qsizetype>(i)]))
                reader.problem(extends->offset, u"variants[%1].extends"_s.arg(i), tr("There is no other variant \"%1\".").arg(extends->text));
        }
    }
    if (profile.m_variants.empty()) { // one shape only
        ProfileVariant only;
        only.id = u"current"_s;
        only.title = profile.m_title;
        only.recognise = common;
        profile.m_variants.push_back(only);
        ids.append(only.id);
    }
    if (!profile.m_default.isEmpty() && !ids.contains(profile.m_default))
        reader.problem(document->member(u"default"_s)->offset, u"default"_s, tr("There is no variant \"%1\".").arg(profile.m_default));

    for (const ProfileVariant &variant : profile.m_variants) {
        if (checks == Checks::HeadOnly)
            break;
        const VariantBody body(*document, variant.id);
        const std::vector<WalkProblem> naming = body.problems();
        found.insert(found.end(), naming.begin(), naming.end());
        ProfileWalker walker(body.names(), Engine::Sqlite, {});
        ResolvedProfile resolved;
        walker.walk(body.body(), resolved);
        found.insert(found.end(), walker.problems().begin(), walker.problems().end());
    }
    if (!found.empty())
        return tl::unexpected(located(found, text, source));
    profile.m_document = std::move(document);
    return profile;
}

ProfileLoader::Loaded ProfileLoader::loadFile(const QString &path, Checks checks)
{
    QFile file(path);
    const auto refuse = [&](const QString &reason) { return tl::unexpected(std::vector<ProfileProblem>{{path, 1, 1, {}, reason}}); };
    if (!file.open(QIODevice::ReadOnly))
        return refuse(tr("The file cannot be read: %1.").arg(file.errorString()));
    if (file.size() > maximumSize)
        return refuse(tr("The file is larger than 4 MB; a profile is not."));
    return load(file.readAll(), path, checks);
}

} // namespace turnstone
