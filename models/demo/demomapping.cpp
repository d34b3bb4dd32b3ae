// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/demo/demomapping.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace turnstone {

namespace {

const QString folder = u":/demo/"_s;

QString said(const char *text)
{
    return QCoreApplication::translate("DemoMapping", text);
}

/// Splits "messages(speaker,text)" into its name and the names of its inner fields.
std::pair<QByteArray, QList<QByteArray>> fieldParts(const QByteArray &field)
{
    const qsizetype bracket = field.indexOf('(');
    if (bracket < 0)
        return {field, {}};
    return {field.left(bracket), field.mid(bracket + 1, field.size() - bracket - 2).split(',')};
}

class TargetReader
{
public:
    TargetReader(const DemoStream &stream, JsonStyle style, std::uint64_t seed) : m_stream(stream), m_style(style), m_seed(seed) {}

    int indexOf(const QString &name) const { return indexOf(name.toUtf8()); }
    int indexOf(const QByteArray &name) const
    {
        for (std::size_t i = 0; i < m_stream.fields.size(); ++i) {
            if (fieldParts(m_stream.fields[i]).first == name)
                return static_cast<int>(i);
        }
        return -1;
    }

    Result<DemoTarget::Column> column(const QString &name, const QJsonValue &value) const
    {
        DemoTarget::Column column;
        column.name = name;
        const QJsonObject object = value.toObject();
        const auto wrong = [&](const QString &what) {
            return failure(ErrorCode::Syntax, said("Column \"%1\": \"%2\" is not known.").arg(name, what));
        };
        if (value.isString() || object.contains("field"_L1)) {
            const QString field = value.isString() ? value.toString() : object["field"_L1].toString();
            column.field = indexOf(field);
            if (column.field < 0)
                return wrong(field);
        } else if (object.contains("json"_L1) || object.contains("text"_L1)) {
            const bool json = object.contains("json"_L1);
            Result<DemoTemplate> pattern = parsed(object[json ? "json"_L1 : "text"_L1], json);
            if (!pattern)
                return failure(pattern);
            column.pattern = std::move(*pattern);
        } else if (object.contains("value"_L1)) {
            const QJsonValue constant = object["value"_L1];
            if (constant.isString())
                column.constantText = constant.toString().toUtf8();
            else if (constant.isBool())
                column.constant = DemoCell::flag(constant.toBool());
            else if (constant.isDouble() && constant.toDouble() == static_cast<double>(constant.toInteger()))
                column.constant = DemoCell::integer(constant.toInteger());
            else if (constant.isDouble())
                column.constant = DemoCell::real(constant.toDouble());
        } else {
            return wrong(u"…"_s);
        }
        const QString as = object["as"_L1].toString();
        column.hashed = as == "sha256"_L1;
        if (!as.isEmpty() && !column.hashed) {
            const std::optional<DemoFormat> format = DemoFormat::parse(as.toUtf8(), m_seed);
            if (!format)
                return wrong(as);
            column.format = *format;
        }
        const QJsonObject words = object["words"_L1].toObject();
        for (auto word = words.begin(); word != words.end(); ++word)
            column.words.insert(word.key().toUtf8(), word.value().toString().toUtf8());
        if (const QString only = object["only"_L1].toString(); !only.isEmpty()) {
            column.onlyIf = indexOf(only);
            if (column.onlyIf < 0)
                return wrong(only);
        }
        return column;
    }

private:
    Result<DemoTemplate> parsed(const QJsonValue &value, bool json) const
    {
        // A long template may be written as a list of lines.
        QString text = value.toString();
        for (const QJsonValue line : value.toArray())
            text += line.toString();
        const auto find = [this](const QByteArray &name, int list) -> DemoTemplate::Place {
            if (list >= 0) {
                const int inner = static_cast<int>(fieldParts(m_stream.fields[static_cast<std::size_t>(list)]).second.indexOf(name));
                if (inner >= 0)
                    return {inner, true};
            }
            return {indexOf(name), false};
        };
        return DemoTemplate::parse(text.toUtf8(), json ? DemoTemplate::Syntax::Json : DemoTemplate::Syntax::Text, m_style,
                                   m_seed, find);
    }

    const DemoStream &m_stream;
    JsonStyle m_style;
    std::uint64_t m_seed;
};

/// The columns of a table after the changes of a variant; null takes a column away.
QJsonObject changed(QJsonObject columns, const QJsonObject &changes)
{
    for (auto change = changes.begin(); change != changes.end(); ++change) {
        if (change.value().isNull())
            columns.remove(change.key());
        else
            columns.insert(change.key(), change.value());
    }
    return columns;
}

} // namespace

} // namespace turnstone

// The macro must stand outside of namespaces.

static void initializeDemoResource()
{
    Q_INIT_RESOURCE(demo);
}

namespace turnstone {

QStringList DemoMapping::systems()
{
    initializeDemoResource();
    QStringList names;
    for (const QString &file : QDir(folder).entryList({u"*.json"_s}, QDir::Files, QDir::Name))
        names.append(file.chopped(5));
    return names;
}

Result<DemoMapping> DemoMapping::load(const QString &system)
{
    const QStringList known = systems();
    if (!known.contains(system))
        return failure(ErrorCode::NotFound, said("There is no demo for \"%1\"; there are: %2.").arg(system, known.join(u", "_s)));
    QFile file(folder + system + ".json"_L1);
    if (!file.open(QIODevice::ReadOnly))
        return failure(ErrorCode::Io, said("The demo of \"%1\" cannot be read.").arg(system), file.errorString());
    return parse(file.readAll(), system);
}

Result<DemoMapping> DemoMapping::parse(const QByteArray &json, const QString &name)
{
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(json, &error);
    if (!document.isObject())
        return failure(ErrorCode::Syntax,
                       said("The demo mapping of \"%1\" is wrong near line %2.").arg(name).arg(json.left(error.offset).count('\n') + 1),
                       error.errorString());
    DemoMapping mapping;
    mapping.m_name = name;
    mapping.m_root = document.object();
    return mapping;
}

QString DemoMapping::simulator() const
{
    return m_root["simulator"_L1].toString();
}

QString DemoMapping::texts() const
{
    return folder + "texts/"_L1 + m_root["texts"_L1].toString() + ".txt"_L1;
}

QStringList DemoMapping::variants() const
{
    return m_root["variants"_L1].toObject().keys();
}

QString DemoMapping::defaultVariant(const QString &engine) const
{
    const QJsonValue value = m_root["default"_L1];
    return value.isObject() ? value[engine].toString() : value.toString();
}

Result<std::vector<DemoTarget>> DemoMapping::targets(const QString &variant, const QString &engine,
                                                     const std::vector<DemoStream> &streams, std::uint64_t seed) const
{
    const QJsonValue chosen = m_root["variants"_L1].toObject().value(variant);
    if (!chosen.isObject())
        return failure(ErrorCode::NotFound, said("\"%1\" has no variant \"%2\"; it has: %3.")
                                                .arg(m_name, variant, variants().join(u", "_s)));
    const QJsonArray engines = chosen["engines"_L1].toArray();
    if (!engines.isEmpty() && !engines.contains(engine))
        return failure(ErrorCode::Unsupported, said("The variant \"%1\" of \"%2\" does not exist on this kind of database.")
                                                   .arg(variant, m_name));
    const JsonStyle style = m_root["json"_L1].toString() == "javascript"_L1 ? JsonStyle::JavaScript : JsonStyle::Python;
    const QJsonObject changes = chosen["columns"_L1].toObject();
    const QJsonObject renamed = chosen["rename"_L1].toObject();
    const QJsonArray dropped = chosen["drop"_L1].toArray();
    QJsonArray tables = m_root["tables"_L1].toArray();
    if (chosen.toObject().contains("tables"_L1))
        tables = chosen["tables"_L1].toArray();
    for (const QJsonValue more : chosen["more"_L1].toArray())
        tables.append(more);

    // How this variant spells times where a column does not say it.
    const QByteArray times = chosen["times"_L1].toString().toUtf8();

    std::vector<DemoTarget> targets;
    for (const QJsonValue entry : tables) {
        const QString table = entry["table"_L1].toString();
        if (dropped.contains(table))
            continue;
        const QByteArray from = entry["from"_L1].toString().toUtf8();
        const auto stream = std::find_if(streams.begin(), streams.end(), [&](const DemoStream &each) { return each.name == from; });
        if (stream == streams.end())
            return failure(ErrorCode::Syntax, said("Table \"%1\": there is no stream \"%2\".").arg(table, QString::fromUtf8(from)));
        const TargetReader reader(*stream, style, seed);
        DemoTarget target;
        target.table = renamed.value(table).toString(table);
        target.stream = static_cast<int>(stream - streams.begin());
        target.serialColumn = chosen["serials"_L1].toBool(true) ? entry["serial"_L1].toString() : QString();
        if (const QString only = entry["only"_L1].toString(); !only.isEmpty()) {
            target.onlyIf = reader.indexOf(only);
            if (target.onlyIf < 0)
                return failure(ErrorCode::Syntax, said("Table \"%1\": there is no field \"%2\".").arg(table, only));
        }
        const QJsonObject columns = changed(entry["columns"_L1].toObject(), changes[table].toObject());
        for (auto each = columns.begin(); each != columns.end(); ++each) {
            Result<DemoTarget::Column> column = reader.column(each.key(), each.value());
            if (column && !times.isEmpty() && column->format.kind() == DemoFormat::Kind::Natural)
                column->format = DemoFormat::parse(times, seed).value_or(DemoFormat());
            if (!column)
                return failure(column.error().code, said("Table \"%1\": %2").arg(table, column.error().message));
            target.columns.push_back(std::move(*column));
        }
        targets.push_back(std::move(target));
    }
    return targets;
}

} // namespace turnstone
