// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/widgets/icons.h"

#include "models/items/celltext.h"
#include "resources/icons/iconresources.h"
#include "views/widgets/theme.h"

#include <QFile>
#include <QGuiApplication>
#include <QIconEngine>
#include <QPainter>
#include <QSvgRenderer>

#include <memory>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

/// Draws the SVG of a name in a fixed colour, or in one of the theme's at the time of painting.
class SvgIconEngine final : public QIconEngine
{
public:
    SvgIconEngine(QString name, const QColor &color, QColor Tokens::*token) : m_name(std::move(name)), m_color(color), m_token(token) {}

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State) override
    {
        painter->save();
        if (mode == QIcon::Disabled)
            painter->setOpacity(0.4);
        renderer().render(painter, rect);
        painter->restore();
    }
    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state) override
    {
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, QRect(QPoint(), size), mode, state);
        return pixmap;
    }
    QIconEngine *clone() const override { return new SvgIconEngine(m_name, m_color, m_token); } // NOLINT: QIcon takes it

private:
    /// Parsed when first painted: most icons of a start are never seen.
    QSvgRenderer &renderer()
    {
        const QColor color = m_token == nullptr ? m_color : Tokens::of(QGuiApplication::palette()).*m_token;
        if (m_renderer == nullptr || m_rendered != color) {
            QFile file(u":/icons/%1.svg"_s.arg(m_name));
            const QByteArray svg = file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
            m_renderer = std::make_unique<QSvgRenderer>(QByteArray(svg).replace("currentColor", color.name().toLatin1()));
            m_rendered = color;
        }
        return *m_renderer;
    }

    const QString m_name;
    const QColor m_color;
    QColor Tokens::*const m_token;
    QColor m_rendered;
    std::unique_ptr<QSvgRenderer> m_renderer;
};

QIcon makeIcon(const QString &name, const QColor &color, QColor Tokens::*token)
{
    registerIconResources();
    if (name.isEmpty() || !QFile::exists(u":/icons/%1.svg"_s.arg(name)))
        return {};
    return QIcon(new SvgIconEngine(name, color, token));
}

} // namespace

QIcon themedIcon(const QString &name, const QColor &color)
{
    return makeIcon(name, color, nullptr);
}

QIcon themedIcon(const QString &name, QColor Tokens::*color)
{
    return makeIcon(name, {}, color);
}

QString iconNameOfType(const QString &typeName)
{
    const auto has = [&typeName](QLatin1StringView word) { return typeName.contains(word, Qt::CaseInsensitive); };
    if (has("bool"_L1))
        return u"bool"_s;
    if (has("vector"_L1))
        return u"vector"_s;
    if (has("json"_L1) || typeName.endsWith(u"[]"_s))
        return u"json"_s;
    if (has("time"_L1) || has("date"_L1) || has("interval"_L1))
        return u"time"_s;
    if (has("blob"_L1) || has("bytea"_L1))
        return u"bytes"_s;
    return isNumericType(typeName) ? u"number"_s : u"text"_s;
}

} // namespace turnstone
