// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/charts/chartexport.h"

#include "models/core/jsonwriter.h"
#include "views/charts/chartcanvas.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QDateTime>
#include <QFileInfo>
#include <QPainter>
#include <QSaveFile>
#include <QSvgGenerator>

#include <cmath>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct ExportText
{
    Q_DECLARE_TR_FUNCTIONS(ChartExport)
};

QString isoTime(double microseconds)
{
    const auto whole = static_cast<qint64>(microseconds);
    const QString text = QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(std::floor(static_cast<double>(whole) / 1000)), Qt::UTC).toString(u"yyyy-MM-ddTHH:mm:ss"_s);
    return text + u".%1Z"_s.arg(((whole % 1'000'000) + 1'000'000) % 1'000'000, 6, 10, QChar(u'0'));
}

QByteArray quoted(const QString &text)
{
    QByteArray bytes = text.toUtf8();
    if (!bytes.contains(',') && !bytes.contains('"') && !bytes.contains('\n') && !bytes.contains('\r'))
        return bytes;
    return '"' + bytes.replace('"', "\"\"") + '"';
}

QByteArray number(double value)
{
    return std::isfinite(value) ? QByteArray::number(value, 'g', 17) : QByteArray();
}

Result<> write(const QString &path, const QByteArray &bytes)
{
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
        return failure(ErrorCode::Io, ExportText::tr("The chart could not be saved as %1.").arg(path), file.errorString());
    return {};
}

} // namespace

QImage chartImage(ChartCanvas &canvas, double scale)
{
    const QSize size = canvas.viewport()->size();
    QImage image(size * scale, QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(scale);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    canvas.renderTo(painter, size);
    return image;
}

QByteArray chartSvg(ChartCanvas &canvas)
{
    QByteArray bytes;
    QBuffer buffer(&bytes);
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setSize(canvas.viewport()->size());
    generator.setViewBox(canvas.viewport()->rect());
    generator.setTitle(canvas.spec().title);
    generator.setDescription(canvas.spec().description());
    QPainter painter(&generator);
    canvas.renderTo(painter, canvas.viewport()->size());
    painter.end();
    return bytes;
}

QByteArray chartCsv(const ChartSpec &spec)
{
    QByteArray out = "line," + quoted(spec.x.title) + ',' + quoted(spec.y.title) + ",low,high,note\n";
    for (const ChartLine &line : spec.lines) {
        for (const ChartPoint &point : line.points) {
            out += quoted(line.name) + ',' + (spec.x.kind == AxisKind::Time ? isoTime(point.x).toUtf8() : number(point.x)) + ',' + number(point.y) + ','
                   + number(point.low) + ',' + number(point.high) + ',' + quoted(point.note) + '\n';
        }
    }
    return out;
}

QByteArray chartJson(const ChartSpec &spec)
{
    QByteArray out;
    JsonWriter json(out, 2);
    const auto real = [&json](QStringView key, double value) {
        json.key(key);
        std::isfinite(value) ? json.real(value) : json.null();
    };
    json.beginArray();
    for (const ChartLine &line : spec.lines) {
        for (const ChartPoint &point : line.points) {
            json.beginObject();
            json.key(u"line");
            json.string(line.name);
            if (spec.x.kind == AxisKind::Time) {
                json.key(u"x");
                json.string(isoTime(point.x));
            } else {
                real(u"x", point.x);
            }
            real(u"y", point.y);
            real(u"low", point.low);
            real(u"high", point.high);
            json.key(u"note");
            json.string(point.note);
            json.endObject();
        }
    }
    json.endArray();
    return out + '\n';
}

std::function<Result<>()> chartSaver(ChartCanvas &canvas, const QString &path)
{
    const QString ending = QFileInfo(path).suffix().toLower();
    if (ending == u"png") {
        return [path, image = chartImage(canvas)] {
            QByteArray bytes;
            QBuffer buffer(&bytes);
            buffer.open(QIODevice::WriteOnly);
            image.save(&buffer, "PNG");
            return write(path, bytes);
        };
    }
    if (ending == u"svg")
        return [path, bytes = chartSvg(canvas)] { return write(path, bytes); };
    if (ending == u"csv")
        return [path, spec = canvas.spec()] { return write(path, chartCsv(spec)); };
    if (ending == u"json")
        return [path, spec = canvas.spec()] { return write(path, chartJson(spec)); };
    return []() -> Result<> { return failure(ErrorCode::InvalidInput, ExportText::tr("A chart is saved as .png, .svg, .csv or .json.")); };
}

} // namespace turnstone
