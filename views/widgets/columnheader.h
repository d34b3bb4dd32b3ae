// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHeaderView>
#include <QHash>
#include <QIcon>

#include <utility>
#include <vector>

namespace turnstone {

/// The header of a table: an icon for the column's type, or a key, and the name in muted caption weight.
class ColumnHeader final : public QHeaderView
{
    Q_OBJECT

public:
    explicit ColumnHeader(QWidget *parent = nullptr);

    /// Sections by which the rows are ordered, the first one first, and whether downwards.
    void setSortSections(std::vector<std::pair<int, bool>> sections);
    const std::vector<std::pair<int, bool>> &sortSections() const { return m_sortSections; }

protected:
    void paintSection(QPainter *painter, const QRect &rect, int section) const override;
    QSize sectionSizeFromContents(int section) const override;
    bool event(QEvent *event) override;

private:
    const QIcon &icon(const QString &name, const QColor &color) const;

    mutable QHash<QString, QIcon> m_icons;
    std::vector<std::pair<int, bool>> m_sortSections;
};

} // namespace turnstone
