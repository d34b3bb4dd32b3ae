// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/lenses/series.h"

#include <QWidget>

namespace turnstone {

/// Scores beside a text, from its first entry at the top to its last at the bottom; larger values lie further to the right. A click
/// asks for the entry there. The band shows what of the text can be seen. GUI thread only.
class SeriesStrip final : public QWidget
{
    Q_OBJECT

public:
    explicit SeriesStrip(QWidget *parent = nullptr);

    void setSeries(std::vector<Series> series, int entries);
    /// Which of the titles is drawn.
    void setTitle(const QString &title);
    const QString &title() const { return m_title; }
    QStringList titles() const;
    /// First and last entry that can be seen.
    void setWindow(int first, int last);
    QSize sizeHint() const override;

signals:
    void entryRequested(int entry);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool event(QEvent *event) override;

private:
    QRectF plot() const;
    double yOf(int entry) const;
    int entryAt(double y) const;
    std::pair<double, double> range() const;

    std::vector<Series> m_series;
    int m_entries = 0;
    QString m_title;
    int m_first = -1;
    int m_last = -1;
};

} // namespace turnstone
