// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLayout>

#include <memory>
#include <vector>

namespace turnstone {

/// Items side by side, each in its own width, and on a new line where they no longer fit. An item that wants to expand
/// takes what is left of its line. The height follows the width. GUI thread only.
class FlowLayout final : public QLayout
{
    Q_OBJECT

public:
    explicit FlowLayout(QWidget *parent = nullptr);
    ~FlowLayout() override;

    /// Instead of at the end.
    void insertWidget(int index, QWidget *widget);

    void addItem(QLayoutItem *item) override;
    int count() const override { return static_cast<int>(m_items.size()); }
    QLayoutItem *itemAt(int index) const override;
    QLayoutItem *takeAt(int index) override;
    Qt::Orientations expandingDirections() const override { return {}; }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize minimumSize() const override;
    QSize sizeHint() const override;
    void setGeometry(const QRect &rect) override;

private:
    /// The height needed; moves the items only if `isApplied`.
    int arrange(const QRect &rect, bool isApplied) const;

    std::vector<std::unique_ptr<QLayoutItem>> m_items;
};

} // namespace turnstone
