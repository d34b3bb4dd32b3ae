// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/error.h"
#include "views/charts/chartspec.h"

#include <QWidget>

class QToolButton;

namespace turnstone {

class ChartCanvas;

/// A chart with a menu to copy and save it. Set a ChartSpec; pointActivated() comes when a point is clicked or entered. GUI thread only.
class ChartWidget final : public QWidget
{
    Q_OBJECT

public:
    explicit ChartWidget(QWidget *parent = nullptr);

    void setSpec(ChartSpec spec);
    const ChartSpec &spec() const;
    ChartCanvas *canvas() const { return m_canvas; }
    QSize sizeHint() const override { return {480, 260}; }
    QSize minimumSizeHint() const override { return {240, 140}; }

    /// As ChartCanvas::emphasise().
    void emphasise(const std::vector<std::int64_t> &lines, const std::vector<std::int64_t> &points);
    void copyPicture();
    void copyData(const QString &format); ///< "csv" or "json"
    /// Asks for a name; `ending` is "png", "svg", "csv" or "json".
    void askAndSave(const QString &ending);

signals:
    /// `id` is ChartPoint::id.
    void pointActivated(qint64 id, int line, int point);
    /// The pointer is at a point, or at none any more: -1. Ids of the line and of the point.
    void hovered(qint64 line, qint64 id);
    void failed(const turnstone::Error &error);
    void noted(const QString &text);

protected:
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;

private:
    void describe();
    void buildMenu();
    void placeButton();

    ChartCanvas *m_canvas;
    QToolButton *m_menuButton;
};

} // namespace turnstone
