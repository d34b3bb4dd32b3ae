// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/profiles/profilegrammar.h"
#include "models/profiles/variantbody.h"
#include "tests/support/testpaths.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QTest>

#include <map>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

/// Writes the JSON Schema that follows from the grammar of profiles.
class SchemaWriter
{
public:
    QJsonObject write()
    {
        const QJsonObject names = listOf(text());
        QJsonObject body;
        body[u"tables"_s] = QJsonObject{{u"type"_s, u"object"_s}, {u"additionalProperties"_s, reference(tableDetailsGrammar(), u"table"_s)}};
        body[u"trees"_s] = listOf(reference(treeGrammar(), u"tree"_s));
        QJsonArray lenses;
        for (const QString &kind : lensKinds())
            lenses.append(lens(kind));
        body[u"lenses"_s] = listOf(QJsonObject{{u"oneOf"_s, lenses}});
        body[u"actions"_s] = listOf(reference(actionGrammar(), u"action"_s));
        body[u"checks"_s] = listOf(reference(checkGrammar(), u"check"_s));
        body[u"queries"_s] = listOf(reference(queryGrammar(), u"query"_s));
        body[u"prices"_s] = listOf(object({{u"model"_s, text()}, {u"from"_s, text()}, {u"input"_s, number()}, {u"output"_s, number()}}, {u"model"_s, u"from"_s, u"input"_s, u"output"_s}));
        const QJsonObject level = object({{u"revision"_s, text()}, {u"when"_s, ref(u"when"_s)}}, {u"revision"_s, u"when"_s});
        const QJsonObject tracking = object({{u"table"_s, text()}, {u"column"_s, text()}, {u"example"_s, text()}}, {u"table"_s, u"column"_s});
        body[u"migrations"_s] = object({{u"about"_s, text()}, {u"tracking"_s, tracking}, {u"levels"_s, listOf(level)}}, {});
        body[u"sqlite"_s] = object({{u"about"_s, text()}, {u"foreignKeys"_s, QJsonObject{{u"type"_s, u"boolean"_s}}}}, {u"foreignKeys"_s});

        const QJsonObject types{{u"type"_s, u"object"_s}, {u"additionalProperties"_s, text()}};
        m_defs[u"when"_s] = object({{u"has"_s, names}, {u"hasNot"_s, names}, {u"type"_s, types}, {u"enums"_s, names}, {u"hasNotEnums"_s, names}, {u"notNull"_s, names}, {u"nullable"_s, names},
                                    {u"constraints"_s, names}, {u"cascades"_s, names}, {u"any"_s, listOf(ref(u"when"_s))}, {u"about"_s, text()}},
                                   {});
        m_defs[u"recognise"_s] = object({{u"must"_s, names}, {u"atLeast"_s, QJsonObject{{u"type"_s, u"integer"_s}, {u"minimum"_s, 1}}}, {u"of"_s, names}, {u"votes"_s, names}, {u"incomplete"_s, names}, {u"about"_s, text()}}, {});
        QJsonObject variant = body;
        for (const QString &key : {u"id"_s, u"title"_s, u"about"_s, u"extends"_s})
            variant[key] = text();
        variant[u"when"_s] = ref(u"when"_s);
        variant[u"recognise"_s] = ref(u"recognise"_s);
        variant[u"schema"_s] = object({{u"sqlite"_s, text()}, {u"postgresql"_s, text()}}, {});
        variant[u"rename"_s] = types;
        variant[u"without"_s] = names;
        variant[u"standalone"_s] = QJsonObject{{u"type"_s, u"boolean"_s}};
        QJsonObject top = body;
        for (const QString &key : {u"$schema"_s, u"id"_s, u"title"_s, u"about"_s, u"default"_s})
            top[key] = text();
        top[u"format"_s] = QJsonObject{{u"const"_s, u"turnstone-profile/1"_s}};
        top[u"recognise"_s] = ref(u"recognise"_s);
        top[u"variants"_s] = listOf(object(variant, {u"id"_s, u"title"_s}));
        QJsonObject schema = object(top, {u"format"_s, u"id"_s, u"title"_s, u"recognise"_s, u"tables"_s});
        schema[u"$schema"_s] = u"https://json-schema.org/draft/2020-12/schema"_s;
        schema[u"title"_s] = u"Turnstone profile"_s;
        m_defs[u"column"_s] = columnSchema();
        QJsonObject defs;
        for (const auto &[name, definition] : m_defs)
            defs[name] = definition;
        schema[u"$defs"_s] = defs;
        return schema;
    }

private:
    static QJsonObject text() { return {{u"type"_s, u"string"_s}}; }
    static QJsonObject number() { return {{u"type"_s, u"number"_s}}; }
    static QJsonObject ref(const QString &name) { return {{u"$ref"_s, u"#/$defs/"_s + name}}; }
    static QJsonObject listOf(const QJsonObject &items) { return {{u"type"_s, u"array"_s}, {u"items"_s, items}}; }
    static QJsonObject mapOf(const QJsonObject &values) { return {{u"type"_s, u"object"_s}, {u"additionalProperties"_s, values}}; }
    static QJsonObject object(const QJsonObject &properties, const QStringList &required)
    {
        QJsonObject result{{u"type"_s, u"object"_s}, {u"properties"_s, properties}, {u"additionalProperties"_s, false}};
        if (!required.isEmpty())
            result[u"required"_s] = QJsonArray::fromStringList(required);
        return result;
    }

    static QJsonObject columnSchema()
    {
        QStringList meanings;
        for (const QString &meaning : columnMeanings())
            meanings.append(QRegularExpression::escape(meaning));
        const QJsonObject meaning{{u"type"_s, u"string"_s}, {u"pattern"_s, u"^(code:.+|"_s + meanings.join(u'|') + u")$"_s}};
        const QJsonObject mention = object({{u"pattern"_s, text()}, {u"names"_s, text()}, {u"about"_s, text()}}, {u"pattern"_s, u"names"_s});
        const QJsonObject tone{{u"enum"_s, QJsonArray{u"good"_s, u"bad"_s, u"warn"_s, u"neutral"_s}}};
        const QJsonObject values{{u"oneOf"_s, QJsonArray{listOf(text()), mapOf(text())}}};
        const QJsonObject details = object({{u"is"_s, meaning}, {u"title"_s, text()}, {u"about"_s, text()}, {u"values"_s, values}, {u"tones"_s, mapOf(tone)}, {u"default"_s, QJsonObject()},
                                            {u"references"_s, text()}, {u"min"_s, number()}, {u"max"_s, number()}, {u"pattern"_s, text()}, {u"dimension"_s, number()},
                                            {u"optional"_s, QJsonObject{{u"type"_s, u"boolean"_s}}}, {u"mentions"_s, listOf(mention)}},
                                           {});
        return {{u"oneOf"_s, QJsonArray{meaning, details}}};
    }

    QJsonObject reference(const Grammar &grammar, const QString &name)
    {
        if (!m_defs.contains(name)) {
            m_defs[name] = QJsonObject(); // a tree names itself
            m_known[&grammar] = name;
            m_defs[name] = grammarSchema(grammar, {});
        }
        return ref(name);
    }

    QJsonObject lens(const QString &kind)
    {
        const QString name = u"lens-"_s + kind;
        m_defs[name] = grammarSchema(*lensGrammar(kind), kind);
        return ref(name);
    }

    QJsonObject grammarSchema(const Grammar &grammar, const QString &kind)
    {
        QJsonObject properties;
        QStringList required;
        for (const GrammarKey &key : grammar.keys) {
            const QString name = QLatin1String(key.name);
            properties[name] = name == u"kind" && !kind.isEmpty() ? QJsonObject{{u"const"_s, kind}} : rule(key, grammar);
            // In a variant a table says only what differs, so nothing is required of it.
            if (key.required && &grammar != &tableDetailsGrammar())
                required.append(name);
        }
        return object(properties, required);
    }

    QJsonObject rule(const GrammarKey &key, const Grammar &grammar)
    {
        switch (key.rule) {
        case GrammarRule::Boolean: return {{u"type"_s, u"boolean"_s}};
        case GrammarRule::Number: return number();
        case GrammarRule::Any: return &grammar == &tableDetailsGrammar() ? mapOf(ref(u"column"_s)) : QJsonObject();
        case GrammarRule::TextList:
        case GrammarRule::Columns:
        case GrammarRule::Fields:
        case GrammarRule::Order: return listOf(text());
        case GrammarRule::Word: return {{u"enum"_s, QJsonArray::fromStringList(QString::fromLatin1(key.words).split(u' '))}};
        case GrammarRule::Id: return {{u"type"_s, u"string"_s}, {u"pattern"_s, u"^[A-Za-z0-9_][A-Za-z0-9_-]*$"_s}};
        case GrammarRule::FieldMap:
        case GrammarRule::Link:
        case GrammarRule::LinkToOwner:
        case GrammarRule::SelfLink: return mapOf(text());
        case GrammarRule::Conditions:
        case GrammarRule::Set: return {{u"type"_s, u"object"_s}};
        case GrammarRule::Sql: return {{u"oneOf"_s, QJsonArray{text(), object({{u"sqlite"_s, text()}, {u"postgresql"_s, text()}}, {})}}};
        case GrammarRule::Object: return inner(*key.inner);
        case GrammarRule::List: return listOf(inner(*key.inner));
        default: return text();
        }
    }

    QJsonObject inner(const Grammar &grammar)
    {
        const auto known = m_known.find(&grammar);
        return known == m_known.end() ? grammarSchema(grammar, {}) : ref(known->second);
    }

    std::map<QString, QJsonObject> m_defs;
    std::map<const Grammar *, QString> m_known;
};

} // namespace

class TestProfileSchema : public QObject
{
    Q_OBJECT

private slots:
    // After a change of the grammar, TURNSTONE_UPDATE_SCHEMA=1 writes the file anew.
    void theSchemaSaysWhatTheLoaderReads()
    {
        const QByteArray wanted = QJsonDocument(SchemaWriter().write()).toJson();
        QFile file(sourcePath(QStringLiteral("resources/profiles/turnstone-profile.schema.json")));
        if (qEnvironmentVariableIsSet("TURNSTONE_UPDATE_SCHEMA")) {
            QVERIFY(file.open(QIODevice::WriteOnly));
            QCOMPARE(file.write(wanted), qint64(wanted.size()));
            return;
        }
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(QJsonDocument::fromJson(file.readAll()), QJsonDocument::fromJson(wanted));
    }
};

QTEST_APPLESS_MAIN(TestProfileSchema)
#include "tst_profileschema.moc"
