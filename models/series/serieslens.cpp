// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/series/serieslens.h"

#include <QCoreApplication>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

QString translatedText(const char *text)
{
    return QCoreApplication::translate("SeriesLens", text);
}

std::optional<FieldRef> fieldOf(const QJsonObject &object, const QString &key)
{
    const QString text = object.value(key).toString();
    if (text.isEmpty())
        return std::nullopt;
    const Result<FieldRef> field = FieldRef::parse(text);
    return field ? std::optional(*field) : std::nullopt;
}

const ColumnProfile *columnOf(const ResolvedProfile &profile, const QString &table, const FieldRef &field)
{
    const TableProfile *of = field.jsonPath.isEmpty() ? profile.table(field.hops.empty() ? table : field.hops.back().table) : nullptr;
    return of ? of->column(field.column) : nullptr;
}

std::optional<SeriesLens::Figure> figureFrom(const QJsonObject &object, const ResolvedProfile &profile, const QString &table)
{
    const std::optional<FieldRef> field = fieldOf(object, u"field"_s);
    if (!field)
        return std::nullopt;
    SeriesLens::Figure figure;
    figure.field = *field;
    figure.until = fieldOf(object, u"until"_s);
    const ColumnProfile *column = columnOf(profile, table, *field);
    figure.meaning = object.value(u"is"_s).toString(column ? column->meaning : QString());
    if (figure.until) {
        figure.kind = SeriesLens::Kind::Duration;
        figure.meaning = u"duration-ms"_s;
        figure.minimum = 0;
    } else if (figure.meaning == u"utc-text" || figure.meaning == u"zoned-time") {
        return std::nullopt; // a time whose end this database does not have
    }
    figure.title = object.value(u"title"_s).toString(column && !column->title.isEmpty() ? column->title : field->column);
    if (object.contains(u"min"_s))
        figure.minimum = object.value(u"min"_s).toDouble();
    if (object.contains(u"max"_s))
        figure.maximum = object.value(u"max"_s).toDouble();
    const QString good = object.value(u"good"_s).toString();
    figure.good = good == u"high" ? 1 : good == u"low" ? -1 : 0;
    if (figure.meaning == u"score-100" && !figure.maximum)
        figure.minimum = 0, figure.maximum = 100;
    return figure;
}

/// What the sources of totals have in common with a series.
std::vector<SeriesLens> fromTotals(const Lens &lens, const ResolvedProfile &profile)
{
    std::vector<SeriesLens> result;
    for (const QJsonValue &entry : lens.parts.value(u"sources"_s).toArray()) {
        const QJsonObject source = entry.toObject();
        SeriesLens series;
        series.table = source.value(u"table"_s).toString();
        series.id = lens.id + u'-' + series.table;
        const TableProfile *table = profile.table(series.table);
        series.title = translatedText("Usage of %1").arg((table && !table->title.isEmpty() ? table->title : series.table).toLower());
        series.time = fieldOf(source, u"time"_s);
        series.by = fieldOf(source, u"model"_s);
        series.tokensIn = fieldOf(source, u"tokensIn"_s);
        series.tokensOut = fieldOf(source, u"tokensOut"_s);
        series.tokens = fieldOf(source, u"tokens"_s);
        const auto add = [&](const std::optional<FieldRef> &field, const char *title, const QString &meaning) {
            if (!field)
                return;
            SeriesLens::Figure figure;
            figure.field = *field;
            figure.title = translatedText(title);
            figure.meaning = meaning;
            figure.minimum = 0;
            figure.good = -1;
            series.figures.push_back(figure);
        };
        add(series.tokens, "Tokens", u"tokens"_s);
        add(series.tokensIn, "Tokens asked", u"tokens"_s);
        add(series.tokensOut, "Tokens answered", u"tokens"_s);
        add(fieldOf(source, u"latency"_s), "Response time", u"duration-ms"_s);
        // What is asked and what is answered have prices of their own: a sum of both is not enough.
        const int counts = (series.tokens ? 1 : 0) + (series.tokensIn ? 1 : 0) + (series.tokensOut ? 1 : 0);
        if (counts > 1 && series.by) {
            SeriesLens::Figure cost;
            cost.kind = SeriesLens::Kind::Cost;
            cost.title = translatedText("Cost in US dollars");
            cost.minimum = 0;
            cost.good = -1;
            series.figures.push_back(cost);
        }
        if (series.time && !series.figures.empty())
            result.push_back(std::move(series));
    }
    return result;
}

} // namespace

Result<SeriesLens> SeriesLens::from(const Lens &lens, const ResolvedProfile &profile)
{
    const auto broken = [&lens](const QString &why) {
        return failure(ErrorCode::InvalidInput, translatedText("The series \"%1\" cannot be drawn: %2.").arg(lens.title, why));
    };
    if (lens.kind != u"series")
        return broken(translatedText("it is of kind %1").arg(lens.kind));
    const QJsonObject points = lens.parts.value(u"points"_s).toObject();
    SeriesLens series;
    series.id = lens.id;
    series.title = lens.title;
    series.recordTable = lens.table;
    series.table = points.value(u"table"_s).toString();
    series.link = linkFromJson(points.value(u"link"_s).toObject());
    series.where = conditionsFromJson(points.value(u"where"_s).toObject());
    series.time = fieldOf(points, u"time"_s);
    series.ordinal = fieldOf(points, u"ordinal"_s);
    series.by = fieldOf(points, u"by"_s);
    series.key = fieldOf(points, u"record"_s);
    for (const QJsonValue &value : points.value(u"values"_s).toArray()) {
        if (std::optional<Figure> figure = figureFrom(value.toObject(), profile, series.table))
            series.figures.push_back(std::move(*figure));
    }
    if (series.figures.empty())
        return broken(translatedText("this database has none of its figures"));
    if (!series.time && !series.ordinal)
        return broken(translatedText("its points have neither a time nor a number"));
    return series;
}

std::vector<SeriesLens> seriesOf(const ResolvedProfile &profile)
{
    std::vector<SeriesLens> result;
    for (const Lens &lens : profile.lenses) {
        if (lens.kind == u"series") {
            if (Result<SeriesLens> series = SeriesLens::from(lens, profile))
                result.push_back(std::move(*series));
        } else if (lens.kind == u"totals") {
            std::ranges::move(fromTotals(lens, profile), std::back_inserter(result));
        }
    }
    return result;
}

} // namespace turnstone
