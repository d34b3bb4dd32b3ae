// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/widgets/icons.h"

#include "models/items/celltext.h"
#include "resources/icons/iconresources.h"

#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QSvgRenderer>

#include <memory>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

class SvgIconEngine final : public QIconEngine
{
public:
    explicit SvgIconEngine(const QByteArray &svg) : m_svg(svg), m_renderer(std::make_shared<QSvgRenderer>(svg)) {}

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State) override
    {
        painter->save();
        if (mode == QIcon::Disabled)
            painter->setOpacity(0.4);
        m_renderer->render(painter, rect);
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
    QIconEngine *clone() const override { return new SvgIconEngine(m_svg); } // NOLINT: QIcon takes it

private:
    QByteArray m_svg;
    std::shared_ptr<QSvgRenderer> m_renderer;
};

} // namespace

QIcon themedIcon(const QString &name, const QColor &color)
{
    registerIconResources();
    QFile file(u":/icons/%1.svg"_s.arg(name));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    return QIcon(new SvgIconEngine(file.readAll().replace("currentColor", color.name().toLatin1())));
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
